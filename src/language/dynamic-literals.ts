import { KustoError } from '../errors/index.js';
import { datetimeString, timespanText } from '../values/index.js';
import { decodeLiteral, decodeString, isSmallestLong } from './literals.js';
import type { SyntaxNode } from './parser.js';
import { items, kindOf, part, spanOf, textOf, typeOfSymbol } from './syntax.js';

/** JSON text of what stands in `dynamic(…)`, keys in order, long numbers kept. */
export function dynamicText(node: SyntaxNode): string | null {
  const text = jsonOf(node);
  return text === 'null' ? null : text;
}

function jsonOf(node: SyntaxNode): string {
  switch (kindOf(node)) {
    case 'JsonObjectExpression':
      return `{${items(node, 'Pairs')
        .map((pair) => `${JSON.stringify(decodeString(textOf(part(pair, 'Name'))))}:${jsonOf(part(pair, 'Value'))}`)
        .join(',')}}`;
    case 'JsonArrayExpression':
      return `[${items(node, 'Values').map(jsonOf).join(',')}]`;
    case 'CompoundStringLiteralExpression':
      return JSON.stringify(
        items(node, 'Tokens')
          .map((token) => decodeString(textOf(token)))
          .join(''),
      );
    case 'PrefixUnaryExpression': {
      const sign = textOf(part(node, 'Operator'));
      if (isSmallestLong(sign, textOf(part(node, 'Expression')))) return '-9223372036854775808';
      const inner = jsonOf(part(node, 'Expression'));
      return sign === '-' ? (inner.startsWith('-') ? inner.slice(1) : `-${inner}`) : inner;
    }
    case 'DynamicExpression':
      return jsonOf(part(node, 'Expression'));
    case 'LiteralExpression': {
      const text = textOf(part(node, 'Token'));
      if (text === 'null') return 'null';
      return literalJson(text, node);
    }
    default:
      throw new KustoError('SYN0002', `'${textOf(node)}' cannot stand in a dynamic literal.`, { span: spanOf(node) });
  }
}

function literalJson(text: string, node: SyntaxNode): string {
  const type = typeOfSymbol(node.ResultType) ?? 'string';
  const { value } = decodeLiteral(text, type, spanOf(node));
  if (value === null) return 'null';
  switch (type) {
    case 'bool':
      return String(value);
    case 'int':
    case 'long':
      return String(value);
    case 'real':
      return Number.isFinite(value as number) ? realText(value as number) : JSON.stringify(String(value));
    case 'decimal':
      return value as string;
    case 'datetime':
      return JSON.stringify(datetimeString(value as bigint));
    case 'timespan':
      return JSON.stringify(timespanText(value as bigint));
    case 'string':
    case 'guid':
    case 'dynamic':
      return JSON.stringify(value);
  }
}

/** A real keeps its point in JSON, so that it stays a real: 1.0. */
function realText(value: number): string {
  const text = String(value);
  return /[.e]/i.test(text) ? text : `${text}.0`;
}
