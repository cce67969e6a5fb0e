import type { ExternalTableEntity, PartitionColumn, PathElement } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import { TICKS_PER_DAY, TICKS_PER_SECOND, type KustoValue } from '../values/index.js';
import {
  escapeRegExp,
  formatPattern,
  parsePattern,
  patternSource,
  type PatternPart,
  type Unit,
} from './datetime-pattern.js';
import { nextPeriod, rangeOfDigits, type TimeRange } from './partition-time.js';

/** Stands for a value that is null, empty, or no name of a folder. */
export const DEFAULT_PARTITION = '__DEFAULT_PARTITION__';
/** Bytes of a value in UTF-8, so that a segment stays below the 255 that file systems take. */
const LONGEST_VALUE = 200;

/** What a path says of one partition of its file. */
export interface PathPartition {
  /** As the path has it: the virtual column's value. Null, or the empty string, for the default partition. */
  readonly value: KustoValue;
  readonly isDefault: boolean;
  /** False when the text can be read in more than one way: then the value proves nothing. */
  readonly isCertain: boolean;
  /** For a datetime: where the source column (or, of a virtual column, the value itself) lies. */
  readonly range?: TimeRange;
}

/** An element of the path with its text merged and trimmed of slashes at the ends. */
export type LayoutElement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'plain'; readonly partition: number }
  | { readonly kind: 'time'; readonly partition: number; readonly parts: readonly PatternPart[] };

export type LayoutDefinition = Pick<ExternalTableEntity, 'partitions' | 'pathFormat'>;

interface Capture {
  readonly partition: number;
  readonly unit: Unit | 'plain' | 'default';
}

/** Where the files of a table lie below its addresses. Throws ExternalTable_InvalidDefinition. */
export class PathLayout {
  readonly partitions: readonly PartitionColumn[];
  readonly elements: readonly LayoutElement[];
  readonly #lazy: RegExp;
  readonly #greedy: RegExp;
  readonly #captures: readonly Capture[];

  constructor(definition: LayoutDefinition) {
    this.partitions = definition.partitions;
    this.elements = elementsOf(definition);
    const captures: Capture[] = [];
    const source = (quantifier: string) => this.elements.map((e) => sourceOf(e, this.partitions, quantifier)).join('');
    for (const element of this.elements) captures.push(...capturesOf(element));
    this.#captures = captures;
    this.#lazy = new RegExp(`^${source('+?')}(?:/.+)$`, 'su');
    this.#greedy = new RegExp(`^${source('+')}(?:/.+)$`, 'su');
  }

  /** Folder of the files with these partition values, in the order of `partitions`; without slashes at its ends. */
  folderOf(values: readonly KustoValue[]): string {
    return this.elements.map((element) => this.render(element, values)).join('');
  }

  render(element: LayoutElement, values: readonly KustoValue[]): string {
    if (element.kind === 'text') return element.text;
    const value = values[element.partition] ?? null;
    if (element.kind === 'plain') return isFolderName(value) ? String(value) : DEFAULT_PARTITION;
    return typeof value === 'bigint' ? formatPattern(element.parts, value) : DEFAULT_PARTITION;
  }

  /** What a file's name below the address says, in the order of `partitions`; undefined: it does not lie in the layout. */
  read(name: string): readonly PathPartition[] | undefined {
    if (this.elements.length === 0) return [];
    const lazy = this.#lazy.exec(name);
    if (!lazy) return undefined;
    const greedy = this.#greedy.exec(name);
    const partitions = this.partitions.map((partition, index) => this.#partition(partition, index, lazy, greedy));
    return partitions.every((p) => p !== undefined) ? partitions : undefined;
  }

  #partition(
    partition: PartitionColumn,
    index: number,
    lazy: RegExpExecArray,
    greedy: RegExpExecArray | null,
  ): PathPartition | undefined {
    const own = this.#captures.flatMap((c, i) => (c.partition === index ? [{ unit: c.unit, at: i + 1 }] : []));
    const isCertain = own.every(({ at }) => lazy[at] === greedy?.[at]);
    if (own.some(({ unit, at }) => lazy[at] !== undefined && (unit === 'default' || lazy[at] === DEFAULT_PARTITION))) {
      return { value: partition.type === 'string' ? '' : null, isDefault: true, isCertain };
    }
    if (partition.type !== 'datetime') {
      const text = own.map(({ at }) => lazy[at]).find((t) => t !== undefined) ?? '';
      return { value: partition.type === 'long' ? BigInt(text) : text, isDefault: false, isCertain };
    }
    const digits = new Map<Unit, string>();
    for (const { unit, at } of own) {
      const text = lazy[at];
      if (text !== undefined && unit !== 'plain' && unit !== 'default') digits.set(unit, text);
    }
    const rendered = rangeOfDigits(digits);
    // Digits that are no date are another table's folder.
    if (!rendered) return undefined;
    if (partition.source === undefined) {
      return {
        value: rendered.from,
        isDefault: false,
        isCertain,
        range: { from: rendered.from, before: rendered.from + 1n },
      };
    }
    // A pattern may be finer or coarser than the function: rows lie in every period that begins in the rendered range.
    const range = { from: rendered.from, before: nextPeriod(partition.function, rendered.before - 1n) };
    return { value: rendered.from, isDefault: false, isCertain, range };
  }
}

/** Partitions in order, with a slash between: what a table without `pathformat` has. */
export function defaultPathFormat(partitions: readonly PartitionColumn[]): PathElement[] {
  return partitions.flatMap(({ name }, index): PathElement[] => [
    ...(index > 0 ? [{ kind: 'separator', text: '/' } as const] : []),
    { kind: 'partition', name },
  ]);
}

/** The pattern of a datetime partition that names none. */
export function defaultPattern(partition: PartitionColumn): string {
  const by = partition.function;
  switch (by.kind) {
    case 'startofyear':
      return 'yyyy';
    case 'startofmonth':
      return 'yyyy/MM';
    case 'startofweek':
    case 'startofday':
    case 'value':
    case 'hash':
      return 'yyyy/MM/dd';
    case 'bin': {
      const size = BigInt(by.ticks);
      if (size % TICKS_PER_DAY === 0n) return 'yyyy/MM/dd';
      if (size % (TICKS_PER_SECOND * 3600n) === 0n) return 'yyyy/MM/dd/HH';
      if (size % (TICKS_PER_SECOND * 60n) === 0n) return 'yyyy/MM/dd/HH/mm';
      throw wrong(
        `The partition '${partition.name}' is binned by less than minutes, for which there is no default format: name one with datetime_pattern("…", ${partition.name})`,
      );
    }
  }
}

export function wrong(message: string): KustoError {
  return new KustoError('ExternalTable_InvalidDefinition', `${message}.`);
}

function elementsOf({ partitions, pathFormat }: LayoutDefinition): LayoutElement[] {
  const indexOf = (name: string) => {
    const index = partitions.findIndex((p) => p.name === name);
    if (index < 0) throw wrong(`The path format names '${name}', which is no partition of 'partition by'`);
    return index;
  };
  const elements: LayoutElement[] = [];
  for (const element of pathFormat.length > 0 ? pathFormat : defaultPathFormat(partitions)) {
    const last = elements.at(-1);
    if (element.kind === 'separator') {
      if (last?.kind === 'text') elements[elements.length - 1] = { kind: 'text', text: last.text + element.text };
      else elements.push({ kind: 'text', text: element.text });
      continue;
    }
    const partition = indexOf(element.name);
    const column = partitions[partition] as PartitionColumn;
    if (element.kind === 'datetime') {
      elements.push({ kind: 'time', partition, parts: parsePattern(element.pattern) });
    } else if (column.type === 'datetime') {
      elements.push({ kind: 'time', partition, parts: parsePattern(defaultPattern(column)) });
    } else {
      elements.push({ kind: 'plain', partition });
    }
  }
  return trimmed(elements);
}

/** No slash at the ends, none twice: a folder's name is never empty. */
function trimmed(elements: readonly LayoutElement[]): LayoutElement[] {
  return elements
    .map((element, index) => {
      if (element.kind !== 'text') return element;
      let text = element.text.replace(/\/+/g, '/');
      if (index === 0) text = text.replace(/^\//, '');
      if (index === elements.length - 1) text = text.replace(/\/$/, '');
      return { kind: 'text', text } as const;
    })
    .filter((element) => element.kind !== 'text' || element.text !== '');
}

function sourceOf(element: LayoutElement, partitions: readonly PartitionColumn[], quantifier: string): string {
  switch (element.kind) {
    case 'text':
      return escapeRegExp(element.text);
    case 'plain':
      return partitions[element.partition]?.type === 'long' ? `(-?\\d+|${DEFAULT_PARTITION})` : `([^/]${quantifier})`;
    case 'time':
      return `(?:(${DEFAULT_PARTITION})|${element.parts.map(patternSource).join('')})`;
  }
}

function capturesOf(element: LayoutElement): Capture[] {
  if (element.kind === 'text') return [];
  const { partition } = element;
  if (element.kind === 'plain') return [{ partition, unit: 'plain' }];
  const units = element.parts.flatMap((part) => (part.kind === 'unit' ? [{ partition, unit: part.unit }] : []));
  return [{ partition, unit: 'default' }, ...units];
}

/** Azure's rules for a folder, taken together with those of file systems. */
export function isFolderName(value: KustoValue): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'string' || value === '') return false;
  if (/[/\\\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value) || value.endsWith('.')) return false;
  return Buffer.byteLength(value) <= LONGEST_VALUE;
}
