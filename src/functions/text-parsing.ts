import type { KustoValue } from '../values/index.js';
import { KustoError } from '../errors/index.js';
import { percentDecoded } from './encodings.js';
import { writeJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';
import { elementsOf, textsOf } from './strings.js';
import { userAgentParts } from './user-agent.js';

/** Functions that take text apart: CSV, paths, URLs, versions, command lines. */

function textual(name: string, doc: string, evaluate: (text: string, ...more: string[]) => KustoValue): ScalarFunction {
  return { name, nulls: 'own', doc, evaluate: (args, call) => evaluate(...(textsOf(args, call) as [string])) };
}

/** Fields of the first record. A quoted field may hold commas, line ends and doubled quotes. */
export function csvFields(text: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let started = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (character === '"' && !started) {
      quoted = started = true;
    } else if (character === ',') {
      fields.push(field);
      field = '';
      started = false;
    } else if (character === '\n' || character === '\r') {
      break;
    } else {
      field += character;
      started = true;
    }
  }
  return [...fields, field];
}

function pathParts(path: string): Json {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(path);
  let rest = scheme ? path.slice(scheme[0].length) : path;
  const root = /^[A-Za-z]:[\\/]/.exec(rest)?.[0] ?? '';
  const stream = /:([^\\/:]*)$/.exec(rest.slice(root.length));
  if (stream) rest = rest.slice(0, rest.length - stream[0].length);
  const cut = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\'));
  const directory = cut < 0 ? '' : rest.slice(0, cut);
  const file = rest.slice(cut + 1);
  const dot = file.lastIndexOf('.');
  return {
    Scheme: scheme?.[1] ?? '',
    RootPath: root,
    DirectoryPath: directory,
    DirectoryName: directory.slice(Math.max(directory.lastIndexOf('/'), directory.lastIndexOf('\\')) + 1),
    Filename: file,
    Extension: dot < 0 ? '' : file.slice(dot + 1),
    AlternateDataStreamName: stream?.[1] ?? '',
  };
}

function queryParameters(query: string): Record<string, Json> {
  const parameters: Record<string, Json> = {};
  for (const pair of query.replace(/^\?/, '').split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const key = percentDecoded(cut < 0 ? pair : pair.slice(0, cut));
    parameters[key] = cut < 0 ? '' : percentDecoded(pair.slice(cut + 1));
  }
  return parameters;
}

const URL_PARTS =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^/?#@:]*)(?::([^/?#@]*))?@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function urlParts(url: string): Json {
  const [, scheme = '', user = '', password = '', host = '', port = '', path = '', query = '', fragment = ''] =
    URL_PARTS.exec(url) ?? [];
  return {
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: user,
    Password: password,
    'Query Parameters': queryParameters(query),
    Fragment: fragment,
  };
}

/** Up to four parts of up to eight digits each, as one number of 32 digits; empty when it is no such version. */
function versionNumber(version: string): string {
  const parts = version.trim().split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d{1,8}$/.test(part))) return '';
  while (parts.length < 4) parts.push('0');
  return BigInt(parts.map((part) => part.padStart(8, '0')).join('')).toString();
}

/** Arguments as CommandLineToArgvW finds them: quotes group, and backslashes escape only before a quote. */
function windowsArguments(line: string): string[] {
  const found: string[] = [];
  let i = 0;
  const blank = (): boolean => line[i] === ' ' || line[i] === '\t';
  while (i < line.length) {
    while (blank()) i++;
    if (i >= line.length) break;
    let argument = '';
    let quoted = false;
    for (; i < line.length && (quoted || !blank()); i++) {
      let slashes = 0;
      while (line[i] === '\\') {
        slashes++;
        i++;
      }
      if (line[i] === '"') {
        argument += '\\'.repeat(slashes >> 1);
        if (slashes % 2 === 1) argument += '"';
        else if (quoted && line[i + 1] === '"') {
          argument += '"';
          i++;
        } else quoted = !quoted;
      } else {
        argument += '\\'.repeat(slashes);
        if (i >= line.length || (!quoted && blank())) break;
        argument += line[i]!;
      }
    }
    found.push(argument);
  }
  return found;
}

export const TEXT_PARSING_FUNCTIONS: readonly ScalarFunction[] = [
  textual('parse_csv', 'Array of the fields of a CSV record.', (text) => JSON.stringify(csvFields(text))),
  textual('parse_path', 'Parts of a file path as a bag.', (path) => writeJson(pathParts(path))),
  textual('parse_url', 'Parts of a URL as a bag.', (url) => writeJson(urlParts(url))),
  textual('parse_urlquery', 'Parameters of the query part of a URL as a bag.', (query) =>
    writeJson({ 'Query Parameters': queryParameters(query) }),
  ),
  textual('version_digits', 'Digits of parse_version(); empty when the text is no version (internal).', versionNumber),
  {
    name: 'parse_user_agent',
    nulls: 'own',
    doc: "Parts of a browser's user agent text: 'browser', 'os', 'device' or an array of these.",
    evaluate: ([agent, wanted], call) => {
      const names = elementsOf(wanted!, call.argumentTypes[1]!);
      const parts = userAgentParts(textsOf([agent!], call)[0]!, names);
      if (parts === undefined) {
        throw new KustoError(
          'SEM0001',
          `parse_user_agent(): looks for 'browser', 'os' or 'device', not for '${names.join("', '")}'.`,
        );
      }
      return writeJson(parts);
    },
  },
  textual('parse_command_line', 'Array of the arguments of a command line.', (line, kind = 'windows') => {
    if (kind.toLowerCase() !== 'windows') {
      throw new KustoError('SEM0001', `parse_command_line(): the parser '${kind}' is not known; use 'windows'.`);
    }
    return line === '' ? null : JSON.stringify(windowsArguments(line));
  }),
];
