import type { Diagnosis } from '../domain/diagnosis.ts';

/** Clocks of spans that begin at nought say nothing of the day. */
const FIRST_YEAR = '2000';

/** The day it happened: that of its traces where there are any, else the day it was asked. */
export function dayOf({ windows, createdAt }: Pick<Diagnosis, 'windows' | 'createdAt'>): string {
  const seen = windows?.incident.from;
  return (seen !== undefined && seen > FIRST_YEAR ? seen : createdAt).slice(0, 10);
}
