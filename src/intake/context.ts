import type { AlertMap } from './alert-map.ts';

/** What a mapper knows beside the body. */
export interface ReadContext {
  readonly receivedAt: Date;
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Where the generic sender's body has what, if the configuration says so. */
  readonly map?: AlertMap;
}
