import { describe, expect, it } from 'vitest';
import type { ConversationTurn } from '../domain/conversation.ts';
import { readQuestion } from './facets.ts';
import { understand } from './understand.ts';

const source = { path: 'a.md', line: 1, endLine: 1, headingPath: [], sha: '0' };

function turn(question: string, ...documents: string[]): ConversationTurn {
  return {
    question,
    answer: '',
    citations: documents.map((document) => ({ document, source })),
    at: '2026-01-01T00:00:00Z',
  };
}

const namesService = (text: string) => text.includes('checkout');
const BEFORE = [turn('what did we do last time the disk of db filled up?', 'incident:disk')];

describe('readQuestion', () => {
  it.each([
    ['what did we do last time the queue backed up?', ['did'], 'the queue backed up?'],
    ['how long did the outage of web take?', ['duration'], 'the outage of web take?'],
    ['why was checkout slow and who owns it?', ['why', 'owner'], 'checkout slow and it?'],
    ['when did the certificate expire?', ['when'], 'the certificate expire?'],
    ['what should we do when the queue backs up?', ['did'], 'when the queue backs up?'],
    ['how do I roll back a release?', ['undo'], 'roll back a release?'],
    ['what is the command to undo the release?', ['undo'], 'what is the undo the release?'],
    ['steps to roll the release back', ['undo'], 'roll the release back'],
    ['what did we learn from the retry storm?', ['lessons'], 'the retry storm?'],
    ['did the label map shift happen before?', ['often'], 'the label map shift ?'],
    ['have we seen a retry storm before?', ['often'], 'seen a retry storm before?'],
    ['what happened before that?', ['story'], 'before that?'],
    ['has this been seen before?', ['often'], 'this been ?'],
    ['checkout is slow', [], 'checkout is slow'],
  ])('reads “%s”', (question, facets, subject) => {
    expect(readQuestion(question)).toMatchObject({ facets, subject });
  });

  it('reads a long hostile question in no time', () => {
    const start = performance.now();
    readQuestion('how long how do we what did '.repeat(72).slice(0, 2_000));
    readQuestion('when '.repeat(400));
    readQuestion(`did ${'before '.repeat(280)}x`);
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('understand', () => {
  it('takes a question that names its subject by itself', () => {
    const understood = understand('why was checkout slow?', BEFORE, namesService);
    expect(understood).toMatchObject({ follows: 'nothing', about: [], text: 'checkout slow?' });
  });

  it('carries the subject over where the question names none', () => {
    const understood = understand('and how long did it take?', BEFORE, namesService);
    expect(understood).toMatchObject({ follows: 'same', facets: ['duration'], about: [['incident:disk']] });
    expect(understood.text).toContain('disk of db filled up');
  });

  it('carries over what was wanted, too, when only earlier ones are asked for', () => {
    const understood = understand('and before that?', BEFORE, namesService);
    expect(understood).toMatchObject({ follows: 'earlier', facets: ['did'], text: 'the disk of db filled up?' });
  });

  it('looks past questions that had no subject and answers that cited nothing', () => {
    const turns = [...BEFORE, turn('why?', 'incident:disk'), turn('who fed the cat?')];
    const understood = understand('how long did it take?', turns, namesService);
    expect(understood.about).toEqual([['incident:disk'], ['incident:disk']]);
  });

  it('lacks a subject where nothing was said before', () => {
    expect(understand('why did it happen?', [], namesService).lacksSubject).toBe(true);
    expect(understand('why was the disk full?', [], namesService).lacksSubject).toBe(false);
  });
});

describe('a question for a judgement', () => {
  it.each([
    'is it safe to restart checkout?',
    'and should I restart checkout?',
    'was it the database?',
    'can I delete the queue when it is full?',
    'isn’t the fix a restart?',
    'safe to restart the queue?',
  ])('is “%s”', (question) => {
    expect(understand(question, [], namesService).asksJudgement).toBe(true);
  });

  it.each([
    'what should I do when the queue is full?',
    'did the queue fill up before?',
    'can you tell me about the full queue?',
    'is there a runbook for a full queue?',
    'have we seen a full queue?',
    'the queue is full',
    'do you know why the queue was full?',
  ])('is not “%s”', (question) => {
    expect(understand(question, [], namesService).asksJudgement).toBe(false);
  });
});
