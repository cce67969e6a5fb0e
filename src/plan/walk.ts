import type { Relation, Scalar } from './nodes.js';

/** Rebuilds a scalar with its operands and the relations inside it mapped. */
export function mapScalar(scalar: Scalar, onRelation: (relation: Relation) => Relation): Scalar {
  switch (scalar.kind) {
    case 'literal':
    case 'column':
      return scalar;
    case 'call':
    case 'window':
      return { ...scalar, args: scalar.args.map((arg) => mapScalar(arg, onRelation)) };
    case 'subquery':
      return { ...scalar, relation: onRelation(scalar.relation) };
    case 'inRelation':
      return { ...scalar, value: mapScalar(scalar.value, onRelation), relation: onRelation(scalar.relation) };
  }
}

/** Rebuilds a relation bottom-up: `change` sees each node after its inputs, also those inside of scalars. */
export function mapRelation(relation: Relation, change: (relation: Relation) => Relation): Relation {
  const shared = new Map<number, Relation>();
  const go = (node: Relation): Relation => {
    if (node.kind === 'shared') {
      // One subtree stays one: its key says so.
      const inner = shared.get(node.key) ?? go(node.relation);
      shared.set(node.key, inner);
      return change({ ...node, relation: inner });
    }
    return change(withParts(node, go, (scalar) => mapScalar(scalar, go)));
  };
  return go(relation);
}

/** Rebuilds a relation with every scalar in it changed, innermost first; not those in the arguments of procedures. */
export function mapScalars(relation: Relation, change: (scalar: Scalar) => Scalar): Relation {
  const go = (node: Relation): Relation =>
    node.kind === 'shared' ? { ...node, relation: go(node.relation) } : withParts(node, go, deep);
  const deep = (scalar: Scalar): Scalar =>
    scalar.kind === 'call' || scalar.kind === 'window'
      ? change({ ...scalar, args: scalar.args.map(deep) })
      : change(
          scalar.kind === 'inRelation'
            ? { ...scalar, value: deep(scalar.value), relation: go(scalar.relation) }
            : mapScalar(scalar, go),
        );
  return go(relation);
}

export function visitRelations(relation: Relation, visit: (relation: Relation) => void): void {
  mapRelation(relation, (node) => {
    visit(node);
    return node;
  });
}

/** Columns that a relation reads and does not yield itself: of rows around it. */
export function freeColumns(relation: Relation): readonly number[] {
  const own = new Set<number>();
  const used = new Set<number>();
  visitRelations(relation, (node) => node.columns.forEach((column) => own.add(column.id)));
  mapScalars(relation, (scalar) => {
    if (scalar.kind === 'column') used.add(scalar.id);
    return scalar;
  });
  return [...used].filter((id) => !own.has(id));
}

function withParts(
  node: Exclude<Relation, { kind: 'shared' }>,
  onRelation: (relation: Relation) => Relation,
  onScalar: (scalar: Scalar) => Scalar,
): Relation {
  switch (node.kind) {
    case 'scan':
    case 'externalScan':
    case 'stored':
      return node;
    case 'values':
      return { ...node, rows: node.rows.map((row) => row.map(onScalar)) };
    case 'range':
      return { ...node, from: onScalar(node.from), to: onScalar(node.to), step: onScalar(node.step) };
    case 'filter':
      return { ...node, input: onRelation(node.input), predicate: onScalar(node.predicate) };
    case 'project':
      return {
        ...node,
        input: onRelation(node.input),
        items: node.items.map((item) => ({ ...item, value: onScalar(item.value) })),
      };
    case 'aggregate':
      return {
        ...node,
        input: onRelation(node.input),
        keys: node.keys.map((key) => ({ ...key, value: onScalar(key.value) })),
        aggregates: node.aggregates.map((entry) => ({
          ...entry,
          call: { ...entry.call, args: entry.call.args.map(onScalar) },
        })),
      };
    case 'sort':
      return {
        ...node,
        input: onRelation(node.input),
        keys: node.keys.map((key) => ({ ...key, value: onScalar(key.value) })),
      };
    case 'limit':
    case 'sample':
      return { ...node, input: onRelation(node.input), count: onScalar(node.count) };
    case 'join':
      return {
        ...node,
        left: onRelation(node.left),
        right: onRelation(node.right),
        on: node.on.map(({ left, right }) => ({ left: onScalar(left), right: onScalar(right) })),
      };
    case 'union':
      return {
        ...node,
        inputs: node.inputs.map(onRelation),
        maps: node.maps.map((map) => map.map((scalar) => scalar && onScalar(scalar))),
      };
    case 'expand':
      return {
        ...node,
        input: onRelation(node.input),
        items: node.items.map((item) => ({ ...item, source: onScalar(item.source) })),
      };
    case 'expandedRows':
      return {
        ...node,
        items: node.items.map((item) => ({ ...item, source: onScalar(item.source) })),
        outer: node.outer.map((item) => ({ ...item, value: onScalar(item.value) })),
      };
    case 'apply':
      return {
        ...node,
        input: onRelation(node.input),
        items: node.items.map((item) => ({ ...item, source: onScalar(item.source) })),
        body: onRelation(node.body),
      };
    case 'procedure':
      return { ...node, inputs: node.inputs.map(onRelation) };
  }
}
