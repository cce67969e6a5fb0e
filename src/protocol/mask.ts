/** Obfuscated string literals (`h"…"`, `h'…'`, `h@"…"`, h```…```) and credentials inside addresses, for logs. */
const HIDDEN_LITERAL =
  /(?<![\w"'])h(?:@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|```[\s\S]*?```|~~~[\s\S]*?~~~|@?["'][\s\S]*$|```[\s\S]*$)/gi;
const CREDENTIAL =
  /\b(sig|sharedaccesssignature|sharedaccesskey|accountkey|password|pwd|token|secret|awscredentials)=[^;&"'\s]+/gi;
/** A storage key stands after a semicolon without any name. */
const BARE_KEY = /;[A-Za-z0-9+/]{60,}={0,2}/g;

/** Text of a query or command without its secrets. */
export function maskSecrets(text: string): string {
  return text.replace(HIDDEN_LITERAL, 'h"***"').replace(CREDENTIAL, '$1=***').replace(BARE_KEY, ';***');
}
