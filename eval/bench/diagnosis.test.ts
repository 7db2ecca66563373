import { expect, it } from 'vitest';
import { writeLesson } from './diagnosis-lessons.ts';
import { buildDiagnosisTable } from './diagnosis-report.ts';

const row = (p95: number) => ({
  name: 'alert',
  search: { p50: 10, p95: 20, p99: 30 },
  diagnosis: { p50: 15, p95, p99: 90 },
});

it('a diagnosis that takes more than twice the time of a search is marked', () => {
  expect(buildDiagnosisTable([row(40)])).toContain('| alert | 10.0 / 20.0 / 30.0 | 15.0 / 40.0 / 90.0 | 1.50 | 2.00 |');
  expect(buildDiagnosisTable([row(41)])).toContain('| 2.05 ✗ |');
});

it('a lesson is the same each time, and tells of its service', () => {
  const { service, category, signals } = writeLesson(7);
  expect(writeLesson(7)).toEqual({ service, category, signals });
  expect(signals.filter((signal) => signal.startsWith(`metric ${service} ${category}_`)).length).toBeGreaterThan(1);
});
