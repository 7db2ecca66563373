import { ACCESS_NOTES } from './access-notes.ts';
import { ANSWER_NOTES } from './answer-notes.ts';
import { ASK_NOTES } from './ask-notes.ts';
import { DELIVERY_NOTES } from './delivery-notes.ts';
import { INTAKE_NOTES } from './intake-notes.ts';
import { KNOWLEDGE_NOTES } from './knowledge-notes.ts';
import { NOISE_NOTES } from './noise-notes.ts';
import { OUTAGE_NOTES } from './outage-notes.ts';
import { REPORT_NOTES } from './report-notes.ts';
import { REQUEST_NOTES } from './request-notes.ts';
import { SLACK_NOTES } from './slack-notes.ts';
import { SNAPSHOT_NOTES } from './snapshot-notes.ts';
import { STATUS_NOTES } from './status-notes.ts';
import { TRACE_NOTES } from './trace-notes.ts';
import { VERDICT_NOTES } from './verdict-notes.ts';

/** What a schema means (`self`) and what each of its fields means, by its path inside the schema. */
export type SchemaNotes = Readonly<Record<string, string>>;

/** The words of the OpenAPI document: units, ranges and meaning that a type alone does not tell. */
export const SCHEMA_NOTES: Readonly<Record<string, SchemaNotes>> = {
  ...REQUEST_NOTES,
  ...ANSWER_NOTES,
  ...KNOWLEDGE_NOTES,
  ...REPORT_NOTES,
  ...SNAPSHOT_NOTES,
  ...STATUS_NOTES,
  ...TRACE_NOTES,
  ...VERDICT_NOTES,
  ...SLACK_NOTES,
  ...OUTAGE_NOTES,
  ...NOISE_NOTES,
  ...INTAKE_NOTES,
  ...DELIVERY_NOTES,
  ...ASK_NOTES,
  ...ACCESS_NOTES,
};
