import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import { toMarkdown } from './html.ts';

export interface StoragePage {
  readonly id: string;
  readonly space: string;
  /** Of the whole Confluence, without a slash at the end. */
  readonly baseUrl: string;
}

const CODE = new Set(['code', 'noformat']);
const PANELS: ReadonlyMap<string, string> = new Map([
  ['info', 'Info'],
  ['note', 'Note'],
  ['warning', 'Warning'],
  ['tip', 'Tip'],
  ['panel', 'Note'],
]);

type Part = Cheerio<ReturnType<CheerioAPI['root']>[number]['children'][number]>;

/**
 * Confluence's storage format (XHTML with elements of its own) as Markdown: what says something becomes the HTML that
 * means the same, what only arranges a page goes and leaves its content.
 */
export function storageToMarkdown(storage: string, page: StoragePage): string {
  // Entities stay as they are: they are HTML's, and XML knows five of them.
  // The one element around it all spares cheerio a comparison of all elements at the top with each other.
  const $ = load(`<div>${storage}</div>`, { xml: { decodeEntities: false, selfClosingTags: false } }, false);
  for (const macro of select($, 'ac\\:structured-macro, ac\\:macro')) replaceMacro(macro);
  for (const task of select($, 'ac\\:task')) replaceTask(task);
  for (const list of select($, 'ac\\:task-list')) list.replaceWith(`<ul>${inner(list)}</ul>`);
  for (const link of select($, 'ac\\:link')) replaceLink(link, page);
  for (const image of select($, 'ac\\:image')) replaceImage(image, page);
  for (const time of select($, 'time')) time.replaceWith(time.attr('datetime') ?? time.text());
  for (const emoticon of select($, 'ac\\:emoticon')) emoticon.replaceWith(emoticon.attr('ac:emoji-fallback') ?? '');
  for (const extension of select($, 'ac\\:adf-extension')) {
    const fallback = extension.find('ac\\:adf-fallback').first();
    extension.replaceWith(inner(fallback.length > 0 ? fallback : extension.find('ac\\:adf-content').first()));
  }
  $('ac\\:placeholder, ac\\:parameter').remove();
  // HTML has no `<strong/>`, so all elements are closed, and `</br>` alone would be one more line break there.
  return toMarkdown($.html().replaceAll('</br>', ''), `${page.baseUrl}/`);
}

/** The innermost first: what is inside a macro is ready when the macro itself is replaced. */
function select($: CheerioAPI, selector: string): Part[] {
  return $(selector)
    .get()
    .reverse()
    .map((element) => $(element));
}

function replaceMacro(macro: Part): void {
  const name = macro.attr('ac:name') ?? '';
  const parameter = (key: string) => macro.children(`ac\\:parameter[ac\\:name="${key}"]`).first().text().trim();
  const body = inner(macro.children('ac\\:rich-text-body').first());
  const plain = plainOf(macro.children('ac\\:plain-text-body').first());
  const title = parameter('title');
  const panel = PANELS.get(name);
  if (CODE.has(name)) {
    const heading = title === '' ? '' : `<p><strong>${title}</strong></p>`;
    const language = parameter('language').replace(/[^\w+#-]/g, '');
    macro.replaceWith(`${heading}<pre><code class="language-${language || 'text'}">${plain}</code></pre>`);
  } else if (panel !== undefined) {
    const heading = title === '' ? panel : `${panel}: ${title}`;
    macro.replaceWith(`<blockquote><p><strong>${heading}</strong></p>${body}</blockquote>`);
  } else if (name === 'status') macro.replaceWith(title);
  else if (name === 'jira') macro.replaceWith(parameter('key'));
  else if (name === 'expand') macro.replaceWith(`${title === '' ? '' : `<p><strong>${title}</strong></p>`}${body}`);
  else macro.replaceWith(body !== '' || plain === '' ? body : `<pre>${plain}</pre>`);
}

function replaceTask(task: Part): void {
  const isDone = task.children('ac\\:task-status').text().trim() === 'complete';
  const body = inner(task.children('ac\\:task-body').first());
  task.replaceWith(`<li><input type="checkbox"${isDone ? ' checked="checked"' : ''}/>${body}</li>`);
}

/** To a page by its title, to a file by its name; people stay unnamed, as the storage format knows only their ids. */
function replaceLink(link: Part, page: StoragePage): void {
  const target = link.children('ri\\:page, ri\\:blog-post').first();
  const title = target.attr('ri:content-title');
  const file = link.children('ri\\:attachment').first().attr('ri:filename');
  const plain = plainOf(link.children('ac\\:plain-text-link-body').first());
  const text = plain || inner(link.children('ac\\:link-body').first()) || title || file || link.attr('ac:anchor') || '';
  const space = target.attr('ri:space-key') ?? page.space;
  if (title === undefined) link.replaceWith(text);
  else link.replaceWith(`<a href="${page.baseUrl}/display/${space}/${toPath(title)}">${text}</a>`);
}

function replaceImage(image: Part, page: StoragePage): void {
  const file = image.children('ri\\:attachment').first().attr('ri:filename') ?? '';
  const url = image.children('ri\\:url').first().attr('ri:value');
  const source = url ?? `${page.baseUrl}/download/attachments/${page.id}/${toPath(file)}`;
  const alt = image.attr('ac:alt') ?? image.attr('ac:title') ?? file;
  image.replaceWith(`<img src="${source}" alt="${alt}"/>`);
}

/** Attributes still hold their entities, which an address must not. */
function toPath(text: string): string {
  return encodeURIComponent(load(text, null, false).text()).replaceAll('%20', '+');
}

function inner(part: Part): string {
  return part.html() ?? '';
}

/** As HTML: text in a CDATA section stands for itself, any other has its entities already. */
function plainOf(part: Part): string {
  const html = inner(part);
  return html.includes('<![CDATA[') ? escapeHtml(part.text()) : html;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
