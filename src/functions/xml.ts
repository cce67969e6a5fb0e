import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { JsonNumber, writeJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';
import { textsOf } from './strings.js';

/** Longer text is null (reference: parse_xml page). */
const MAX_LENGTH = 1_048_576;

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
});

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function valueOf(node: unknown): Json {
  if (Array.isArray(node)) return node.map(valueOf);
  if (typeof node === 'object' && node !== null) {
    return new Map(
      Object.entries(node).map(([name, held]) => [name, name.startsWith('@') ? String(held) : valueOf(held)]),
    );
  }
  const text = String(node);
  if (text === '') return null;
  // The page's example has the numbers of elements as numbers, written as they were.
  return NUMBER.test(text) ? new JsonNumber(text) : text;
}

export const XML: readonly ScalarFunction[] = [
  {
    name: 'parse_xml',
    nulls: 'own',
    doc: 'XML as a property bag: elements and attributes (`@name`) as properties, text beside them as `#text`.',
    evaluate: (args, call) => {
      const [text] = textsOf(args, call);
      if (!text || text.length > MAX_LENGTH || XMLValidator.validate(text) !== true) return null;
      try {
        return writeJson(valueOf(PARSER.parse(text)));
      } catch {
        return null;
      }
    },
  },
];
