import { expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { explainFailure } from './failure.ts';

it('every problem is told, however short the name of what it is about', () => {
  const problems = [{ path: 'k', message: 'at most 100' }];
  const { text, exitCode } = explainFailure(
    new PrecedentError('input-invalid', 'the input has 1 mistake(s)', { problems }),
  );
  expect(text).toBe('precedent: the input has 1 mistake(s)\n  k: at most 100\n');
  expect(exitCode).toBe(2);
});

it('a problem that the message tells already is not told twice', () => {
  const problems = [{ path: 'PORT', message: 'must be a number' }];
  const message = 'the configuration has 1 mistake(s):\n  PORT: must be a number';
  expect(explainFailure(new PrecedentError('config-invalid', message, { problems })).text).toBe(
    `precedent: ${message}\n`,
  );
});
