import sax from 'sax';
import { isArray, JsonNumber, writeJson, type Json } from './json.js';
import { parseJson } from './json-parser.js';
import type { ScalarFunction } from './scalar-function.js';
import { stringOf } from './text.js';

/** Longer text is null, as the reference has it; deeper text is too, for the sake of what walks the value later. */
const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 1000;

interface Element {
  readonly name: string;
  readonly children: Map<string, Json>;
}

/** Numbers are numbers, as in the reference's example; other text stays text. */
function valueOf(text: string): Json {
  const parsed = /^-?\d/.test(text) ? parseJson(text) : undefined;
  return typeof parsed === 'number' || parsed instanceof JsonNumber ? parsed : text;
}

/** A second child of a name makes an array of both. */
function add(children: Map<string, Json>, name: string, value: Json): void {
  const held = children.get(name);
  children.set(name, held === undefined ? value : isArray(held) ? [...held, value] : [held, value]);
}

/** An element without attributes and elements is its text, or null. */
function contentOf({ children }: Element): Json {
  const text = children.get('#text');
  if (children.size === 0) return null;
  return children.size === 1 && text !== undefined ? text : children;
}

/** Elements, attributes (`@name`) and text (`#text`) of an XML document as a bag; undefined when it is none. */
export function parseXml(text: string): Json | undefined {
  if (Buffer.byteLength(text) > MAX_BYTES) return undefined;
  const parser = sax.parser(true, { trim: true });
  const root: Element = { name: '', children: new Map() };
  const open: Element[] = [root];
  let isValid = true;
  parser.onerror = () => {
    isValid = false;
  };
  parser.onopentag = ({ name, attributes }) => {
    const children = new Map(Object.entries(attributes).map(([key, held]) => [`@${key}`, valueOf(String(held))]));
    open.push({ name, children });
    if (open.length > MAX_DEPTH) isValid = false;
  };
  parser.ontext = (held) => {
    const element = open.at(-1)!;
    if (held !== '' && element !== root) add(element.children, '#text', valueOf(held));
  };
  parser.onclosetag = () => {
    const element = open.pop()!;
    add(open.at(-1)!.children, element.name, contentOf(element));
  };
  // Piece by piece, so that what is no XML is given up at its first fault.
  for (let from = 0; from < text.length && isValid; from += 4096) parser.write(text.slice(from, from + 4096));
  if (isValid) parser.close();
  return isValid && root.children.size === 1 && !isArray([...root.children.values()][0]) ? root.children : undefined;
}

export const XML_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_xml',
    nulls: 'propagate',
    doc: 'Elements, attributes and text of an XML document as a bag; null when it is none.',
    evaluate: ([text], { argumentTypes }) => {
      const document = parseXml(stringOf(text!, argumentTypes[0]!));
      return document === undefined ? null : writeJson(document);
    },
  },
];
