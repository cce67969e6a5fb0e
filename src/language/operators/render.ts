import { bindScalar, type Scope } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { elements, items, kindOf, maybe, nameOf, part, textOf, typeOfSymbol } from '../syntax.js';

/** The annotation of `render`: kept for the client, it changes no row. */
const DEFAULTS = {
  Title: null,
  XColumn: null,
  Series: null,
  YColumns: null,
  AnomalyColumns: null,
  XTitle: null,
  YTitle: null,
  XAxis: null,
  YAxis: null,
  Legend: null,
  YSplit: null,
  Accumulate: false,
  IsQuerySorted: false,
  Kind: null,
  Ymin: 'NaN',
  Ymax: 'NaN',
  Xmin: null,
  Xmax: null,
} as const;

const PROPERTY_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(DEFAULTS).map((name) => [name.toLowerCase(), name]),
);

export function bindRender(node: SyntaxNode, scope: Scope): void {
  const annotation: Record<string, unknown> = { Visualization: textOf(part(node, 'ChartType')), ...DEFAULTS };
  const clause = maybe(node, 'WithClause');
  const properties = [...items(node, 'Parameters'), ...(clause ? items(clause, 'Properties') : [])];
  for (const property of properties) {
    const name = PROPERTY_NAMES[nameOf(part(property, 'Name')).toLowerCase()];
    if (name) annotation[name] = propertyValue(part(property, 'Expression'), scope);
  }
  scope.context.visualization = annotation;
}

function propertyValue(node: SyntaxNode, scope: Scope): unknown {
  // Words such as `kind = map` are literals without a type.
  if (kindOf(node) === 'LiteralExpression' && typeOfSymbol(node.ResultType)) {
    const bound = bindScalar(node, scope);
    const value = bound.kind === 'literal' ? bound.value : null;
    return typeof value === 'bigint' ? Number(value) : value;
  }
  const names = maybe(node, 'Names');
  return names ? elements(names).map(nameOf).join(',') : textOf(node);
}
