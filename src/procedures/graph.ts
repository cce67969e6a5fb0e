import { KustoError } from '../errors/index.js';
import { jsonOf, writeJson, type Json } from '../functions/json.js';
import type { KustoValue } from '../values/index.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';

/** Rows that the paths of one pattern may make. */
const MAX_PATHS = 2_000_000;

interface Step {
  readonly row: number;
  readonly to: KustoValue;
}

interface PathArguments {
  readonly from: number;
  readonly to: number;
  readonly direction: 'forward' | 'backward' | 'any';
  readonly repeatEdges: boolean;
  readonly distinctNodes: boolean;
  /** Only the shortest paths between two ends: one, or all of them. */
  readonly shortest: 'any' | 'all' | undefined;
}

/**
 * Rows `id, source, target, values…` of edges, and `id, values…` of nodes where inner nodes matter: paths go through no
 * others. Yields `start, end, ids of edges, an array for each of the values of edges, then of inner nodes`.
 */
const GRAPH_PATHS: ProcedureDefinition = {
  name: 'graph-paths',
  run({ inputs: [edges, nodes], args, columns, signal }) {
    const { from, to, direction, repeatEdges, distinctNodes, shortest } = args as unknown as PathArguments;
    const [ids, sources, targets, ...values] = edges!.cells as [KustoValue[], KustoValue[], KustoValue[]];
    const types = edges!.columns.slice(3).map((column) => column.type);
    const [nodeIds, ...nodeValues] = nodes?.cells ?? [[]];
    const nodeTypes = nodes?.columns.slice(1).map((column) => column.type) ?? [];
    const nodeRows = new Map(nodeIds!.map((id, row) => [id, row]));
    const leadsOn = (node: KustoValue): boolean => !nodes || nodeRows.has(node);
    const steps = new Map<KustoValue, Step[]>();
    const add = (start: KustoValue, step: Step): void => {
      const known = steps.get(start);
      if (known) known.push(step);
      else steps.set(start, [step]);
      if (!steps.has(step.to)) steps.set(step.to, []);
    };
    for (let row = 0; row < edges!.rowCount; row++) {
      const [source, target] = [sources[row]!, targets[row]!];
      if (direction !== 'backward') add(source, { row, to: target });
      if (direction === 'backward' || (direction === 'any' && source !== target)) add(target, { row, to: source });
    }
    const output = new RowBuilder(columns);
    let count = 0;
    const emit = (met: readonly KustoValue[], rows: readonly number[]): void => {
      if (++count > MAX_PATHS) {
        throw new KustoError('E_RUNAWAY_QUERY', `The graph pattern has more than ${MAX_PATHS} paths: narrow it.`);
      }
      if (count % 1024 === 0) signal.throwIfAborted();
      const arrays = values.map((cells: readonly KustoValue[], c) =>
        writeJson(rows.map((row): Json => jsonOf(cells[row]!, types[c]!))),
      );
      const inner = met.slice(1, -1).map((node) => nodeRows.get(node)!);
      const innerArrays = nodeValues.map((cells, c) =>
        writeJson(inner.map((row): Json => jsonOf(cells[row]!, nodeTypes[c]!))),
      );
      const numbers = writeJson(rows.map((row) => Number(ids[row])));
      output.add([met[0]!, met.at(-1)!, numbers, ...arrays, ...innerArrays]);
    };
    for (const start of steps.keys()) {
      if (shortest) shortestFrom(start);
      else if (from === 0) emit([start, start], []);
      if (!shortest) walk([start], []);
    }
    return output.build();

    function walk(met: KustoValue[], rows: number[]): void {
      if (rows.length === to) return;
      if (rows.length > 0 && !leadsOn(met.at(-1)!)) return;
      for (const step of steps.get(met.at(-1)!)!) {
        if (!repeatEdges && rows.includes(step.row)) continue;
        if (distinctNodes && met.includes(step.to)) continue;
        rows.push(step.row);
        met.push(step.to);
        if (rows.length >= from) emit(met, rows);
        walk(met, rows);
        met.pop();
        rows.pop();
      }
    }

    /** Breadth first: ends are reached by their shortest paths of at least `from` edges. */
    function shortestFrom(start: KustoValue): void {
      const reached = new Map<KustoValue, number>();
      let frontier: { met: readonly KustoValue[]; rows: readonly number[] }[] = [{ met: [start], rows: [] }];
      if (from === 0) {
        emit([start, start], []);
        reached.set(start, 0);
      }
      for (let length = 1; length <= to && frontier.length > 0; length++) {
        const next: typeof frontier = [];
        for (const { met, rows } of frontier) {
          if (length > 1 && !leadsOn(met.at(-1)!)) continue;
          for (const step of steps.get(met.at(-1)!)!) {
            if (rows.includes(step.row)) continue;
            const best = reached.get(step.to);
            if (best !== undefined && (best < length || shortest === 'any')) continue;
            const path = { met: [...met, step.to], rows: [...rows, step.row] };
            if (length >= from) {
              reached.set(step.to, length);
              emit(path.met, path.rows);
            }
            next.push(path);
          }
        }
        frontier = next;
      }
    }
  },
};

/** Nodes `id, properties…` and edges `source, target`; yields the nodes with the number of their component. */
const GRAPH_COMPONENTS: ProcedureDefinition = {
  name: 'graph-components',
  run({ inputs: [nodes, edges], args, columns }) {
    const index = new Map<KustoValue, number>();
    nodes!.cells[0]!.forEach((id, r) => index.set(id, r));
    const links: [number, number][] = [];
    for (let r = 0; r < edges!.rowCount; r++) {
      links.push([index.get(edges!.cells[0]![r]!)!, index.get(edges!.cells[1]![r]!)!]);
    }
    const component = args.strong === true ? strong(nodes!.rowCount, links) : weak(nodes!.rowCount, links);
    const numbers = new Map<number, bigint>();
    const output = new RowBuilder(columns);
    for (let r = 0; r < nodes!.rowCount; r++) {
      const root = component[r]!;
      const number = numbers.get(root) ?? BigInt(numbers.size);
      numbers.set(root, number);
      output.add([...nodes!.cells.map((cells) => cells[r]!), number]);
    }
    return output.build();
  },
};

function weak(count: number, links: readonly (readonly [number, number])[]): number[] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const rootOf = (node: number): number => {
    let root = node;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = node; at !== root;) [at, parent[at]] = [parent[at]!, root];
    return root;
  };
  for (const [a, b] of links) parent[rootOf(a)] = rootOf(b);
  return parent.map((_, node) => rootOf(node));
}

/** Kosaraju's algorithm: finishing order forward, then components backward; without recursion. */
function strong(count: number, links: readonly (readonly [number, number])[]): number[] {
  const forward: number[][] = Array.from({ length: count }, () => []);
  const backward: number[][] = Array.from({ length: count }, () => []);
  for (const [a, b] of links) {
    forward[a]!.push(b);
    backward[b]!.push(a);
  }
  const finished: number[] = [];
  const seen = new Uint8Array(count);
  for (let start = 0; start < count; start++) {
    if (seen[start]) continue;
    seen[start] = 1;
    const stack: { node: number; next: number }[] = [{ node: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const child = forward[top.node]![top.next++];
      if (child === undefined) {
        finished.push(top.node);
        stack.pop();
      } else if (!seen[child]) {
        seen[child] = 1;
        stack.push({ node: child, next: 0 });
      }
    }
  }
  const component = new Array<number>(count).fill(-1);
  for (const start of finished.reverse()) {
    if (component[start] !== -1) continue;
    const stack = [start];
    component[start] = start;
    while (stack.length > 0) {
      for (const node of backward[stack.pop()!]!) {
        if (component[node] !== -1) continue;
        component[node] = start;
        stack.push(node);
      }
    }
  }
  return component;
}

export const GRAPH: readonly ProcedureDefinition[] = [GRAPH_PATHS, GRAPH_COMPONENTS];
