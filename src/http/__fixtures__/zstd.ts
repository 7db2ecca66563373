const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** One segment, its size in four bytes. */
const DESCRIPTOR = 0xa0;
const MAX_BLOCK = 128 * 1024;

/** A valid zstd frame that packs nothing: every block is raw. What packs is not in every Node that we run on. */
export function zstdFrame(text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  const parts: Buffer[] = [MAGIC, Buffer.from([DESCRIPTOR]), size];
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_BLOCK) {
    const block = bytes.subarray(at, at + MAX_BLOCK);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at + MAX_BLOCK >= bytes.length ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return new Uint8Array(Buffer.concat(parts));
}
