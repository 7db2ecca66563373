import { describe, expect, it } from 'vitest';
import type { CommandContext } from './context.ts';
import { backtestProgress, ingestProgress, summarise } from './progress.ts';

function contextOf(isInteractive: boolean) {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const context: CommandContext = { env: {}, write: note, note, isInteractive, signal: new AbortController().signal };
  return { context, notes };
}

const at = (done: number) => ({ stage: 'embed' as const, done, total: 1_000, embedded: done * 9 });

describe('the progress of an ingest', () => {
  it('on a terminal is one line with the rate of late and the time left', () => {
    const { context, notes } = contextOf(true);
    let time = 1_000_000;
    const progress = ingestProgress(context, () => time);
    progress.update({ stage: 'read', done: 0, embedded: 0 });
    for (let done = 0; done <= 700; done += 20) {
      // The first 500 are taken over at once, then ten come in a second.
      time += done <= 500 ? 1 : 2_000;
      progress.update(at(done));
    }
    progress.stop();
    expect(notes[0]).toBe('\r\x1b[Kreading the sources');
    expect(notes.at(-2)).toContain('700/1000 files · 10/s · 30.00 s left · 6300 chunks embedded');
    expect(notes.at(-1)).toBe('\r\x1b[K');
  });

  it('elsewhere is a plain line every few seconds, and nothing when it is over before that', () => {
    const { context, notes } = contextOf(false);
    let time = 1_000_000;
    const progress = ingestProgress(context, () => time);
    for (const done of [0, 10, 20, 30, 40]) {
      progress.update(at(done));
      time += 2_000;
    }
    progress.stop();
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/30\/1000 files · 5\.0\/s · .* left · 270 chunks embedded\n$/);
  });

  it('says nothing of the time left before the files are counted', () => {
    const { context, notes } = contextOf(true);
    ingestProgress(context).update({ stage: 'embed', done: 7, embedded: 60 });
    expect(notes).toEqual(['\r\x1b[K7 files · 60 chunks embedded']);
  });
});

describe('the progress of a backtest', () => {
  it('on a terminal is one line with the time left, which goes when it is over', () => {
    const { context, notes } = contextOf(true);
    let time = 1_000_000;
    const progress = backtestProgress(context, () => time);
    progress.update({ done: 0, total: 240 });
    time += 1_000;
    progress.update({ done: 120, total: 240, incident: 'i', etaMs: 42_100 });
    time += 1_000;
    progress.update({ done: 150, total: 240, incident: 'i', etaMs: 179_000 });
    progress.stop();
    expect(notes[0]).toMatch(/ 0\/240 incidents asked$/);
    expect(notes[1]).toMatch(/ 120\/240 incidents asked · 43 s left$/);
    expect(notes[2]).toMatch(/ 150\/240 incidents asked · 3 min left$/);
    expect(notes[3]).toBe('\r\x1b[K');
  });

  it('elsewhere says every few seconds that it is alive', () => {
    const { context, notes } = contextOf(false);
    let time = 1_000_000;
    const progress = backtestProgress(context, () => time);
    for (let done = 0; done <= 10; done++) {
      progress.update({ done, total: 10 });
      time += 1_000;
    }
    progress.stop();
    expect(notes).toHaveLength(2);
    expect(notes[1]).toMatch(/ 10\/10 incidents asked\n$/);
  });
});

describe('the summary', () => {
  it('tells the files, what was blacked out, and every problem with its line', () => {
    const text = summarise({
      generation: 'abc',
      sources: [],
      published: true,
      files: [
        { path: 'runbooks/a.md', status: 'added' },
        { path: 'runbooks/b.md', status: 'skipped', reason: 'an empty file' },
      ],
      problems: [{ path: 'runbooks/a.md', line: 3, message: 'validated: must be a date' }],
      redacted: { email: 2, password: 1 },
      documents: 1,
      chunks: 4,
      embedded: 4,
      timings: { read: 900, embed: 800, total: 1_000 },
    });
    expect(text.split('\n')).toEqual([
      '1 documents, 4 chunks (4 embedded) in 1.00 s; files: 1 added, 1 skipped',
      '  blacked out: 2 email, 1 password',
      '  runbooks/b.md: skipped: an empty file',
      '  runbooks/a.md:3: validated: must be a date',
      '',
    ]);
  });
});
