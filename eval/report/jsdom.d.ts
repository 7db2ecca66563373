/** As much of jsdom as a plot is drawn with; its own types would bring the browser's globals into every file. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string);
    readonly window: { readonly document: unknown };
  }
}
