import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse as parseYaml } from 'yaml';
import type { Json } from './json.js';

/** What a browser's user agent text says, by the patterns of the ua-parser project (uap-core). */

type Rule = Readonly<Record<string, string>>;
type Target = 'user_agent_parsers' | 'os_parsers' | 'device_parsers';

let rules: Readonly<Record<Target, readonly Rule[]>> | undefined;

/** Reading takes about 0.5 s, once, when the function is first used. */
function rulesOf(target: Target): readonly Rule[] {
  rules ??= parseYaml(
    readFileSync(createRequire(import.meta.url).resolve('uap-core/regexes.yaml'), 'utf8'),
  ) as Readonly<Record<Target, readonly Rule[]>>;
  return rules[target];
}

/**
 * JavaScript's own expressions, against the rule of regex.ts: these patterns are the project's, with bounded repeats,
 * and there are 1200 of them, which take Rust's engine half a minute to compile. Long texts are cut.
 */
const compiled = new Map<Rule, RegExp>();
const MAX_LENGTH = 2000;

function regexOf(rule: Rule): RegExp {
  let regex = compiled.get(rule);
  if (!regex) compiled.set(rule, (regex = new RegExp(rule.regex!, rule.regex_flag)));
  return regex;
}

/** The first rule that matches, and its groups. */
function firstMatch(
  target: Target,
  text: string,
): { readonly rule: Rule; readonly groups: readonly string[] } | undefined {
  for (const rule of rulesOf(target)) {
    const groups = regexOf(rule).exec(text.slice(0, MAX_LENGTH));
    if (groups) return { rule, groups };
  }
  return undefined;
}

/** A part: its replacement with `$1` filled in, or else the group. */
function partOf(match: ReturnType<typeof firstMatch>, replacement: string, group: number | undefined): string {
  if (!match) return '';
  const given = match.rule[replacement];
  if (given === undefined) return group === undefined ? '' : (match.groups[group] ?? '');
  return String(given)
    .replace(/\$(\d)/g, (_, number: string) => match.groups[Number(number)] ?? '')
    .trim();
}

const READERS: Readonly<Record<string, (text: string) => [string, Json]>> = {
  browser: (text) => {
    const match = firstMatch('user_agent_parsers', text);
    return [
      'Browser',
      {
        Family: partOf(match, 'family_replacement', 1) || 'Other',
        MajorVersion: partOf(match, 'v1_replacement', 2),
        MinorVersion: partOf(match, 'v2_replacement', 3),
        Patch: partOf(match, 'v3_replacement', 4),
      },
    ];
  },
  os: (text) => {
    const match = firstMatch('os_parsers', text);
    return [
      'OperatingSystem',
      {
        Family: partOf(match, 'os_replacement', 1) || 'Other',
        MajorVersion: partOf(match, 'os_v1_replacement', 2),
        MinorVersion: partOf(match, 'os_v2_replacement', 3),
        Patch: partOf(match, 'os_v3_replacement', 4),
        PatchMinor: partOf(match, 'os_v4_replacement', 5),
      },
    ];
  },
  device: (text) => {
    const match = firstMatch('device_parsers', text);
    return [
      'Device',
      {
        Family: partOf(match, 'device_replacement', 1) || 'Other',
        Brand: partOf(match, 'brand_replacement', undefined),
        Model: partOf(match, 'model_replacement', 1),
      },
    ];
  },
};

/** A bag with the parts that are looked for (`browser`, `os`, `device`); undefined for another name. */
export function userAgentParts(text: string, wanted: readonly string[]): Json | undefined {
  const readers = wanted.map((name) => READERS[name]);
  if (readers.includes(undefined)) return undefined;
  return Object.fromEntries(readers.map((read) => read!(text)));
}
