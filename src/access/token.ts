import { createHash } from 'node:crypto';

/** 256 bits: nobody guesses it, so a fast hash keeps it as safe as a slow one would. */
const SECRET_BYTES = 32;
/** Only told apart by it, never let in. */
const ID_BYTES = 6;
const CHECKSUM_LENGTH = 8;

/**
 * `prec_<id>_<secret><checksum>`. Scanners of repositories and logs find it by its prefix, and the checksum tells a token
 * from what only looks like one, without asking anybody.
 */
const SHAPE = /^(?<body>prec_(?<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43})(?<checksum>[0-9a-f]{8})$/;

export interface MintedToken {
  /** The beginning of the token, which is no secret: lists and the audit log name it by this. */
  readonly id: string;
  /** Shown once; nobody keeps it. */
  readonly token: string;
  /** What is kept. */
  readonly hash: string;
}

/** A new token from a source of random bytes that nobody can foresee. */
export function mintToken(randomBytes: (size: number) => Uint8Array): MintedToken {
  const id = Buffer.from(randomBytes(ID_BYTES)).toString('hex');
  const body = `prec_${id}_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')}`;
  const token = body + checksumOf(body);
  return { id, token, hash: hashToken(token) };
}

/** Whether a text can be one of our tokens: a password, a token of another service or a typing error is not. */
export function looksMinted(text: string): boolean {
  const { body, checksum } = SHAPE.exec(text)?.groups ?? {};
  return body !== undefined && checksumOf(body) === checksum;
}

/** What a token is kept and found by. Finding it by the hash takes the same time however much of a guess is right. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function checksumOf(body: string): string {
  return createHash('sha256').update(`precedent token ${body}`).digest('hex').slice(0, CHECKSUM_LENGTH);
}
