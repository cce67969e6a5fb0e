import { defineCommand, oneOf, seq, type Command, type CommandContext } from '../framework/index.js';
import { POLICY_KINDS, type PolicyKind } from './kinds.js';
import type { Payload } from './payloads.js';
import { alterForms, POLICY, policyRow, showForms, type TargetForm } from './targets.js';

const capitals = (text: string): string => text.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

function nameOf(action: string, form: TargetForm, kind: PolicyKind): string {
  return `${action}${form.label}Policy${capitals(kind.keyword)}`;
}

function show(kind: PolicyKind, form: TargetForm): Command {
  return defineCommand<object>({
    name: nameOf('Show', form, kind),
    grammar: seq('show', form.grammar, 'policy', kind.keyword),
    permission: form.show,
    scope: form.entities,
    result: POLICY,
    run(args, context) {
      const rows = form.targets(args, context).map((target) => policyRow(kind, target, context.catalog.snapshot()));
      return kind.keyword === 'callout' ? [...rows, ...immutableRules(kind, context)] : rows;
    },
  });
}

/** The rules that are in force beside the policy, and that no command changes. */
function immutableRules(kind: PolicyKind, { security }: CommandContext) {
  return [[kind.name, '', JSON.stringify(security.calloutDefaults.rules), '', 'Cluster immutable policy']];
}

/** `.alter`, and its older name `.set` where a policy has one. */
function alter(kind: PolicyKind, form: TargetForm, payload: Payload): Command {
  const verb = kind.keyword === 'ingestiontime' ? oneOf('alter', 'set') : 'alter';
  return write(kind, form, {
    name: nameOf('Alter', form, kind),
    grammar: seq(verb, form.grammar, 'policy', kind.keyword, payload.grammar),
    value: (_, args, context) => checked(kind, form, payload, args, context),
  });
}

function alterMerge(kind: PolicyKind, form: TargetForm, payload: Payload): Command {
  return write(kind, form, {
    name: nameOf('AlterMerge', form, kind),
    grammar: seq('alter-merge', form.grammar, 'policy', kind.keyword, payload.grammar),
    value: (current, args, context) => kind.merge?.(current ?? null, checked(kind, form, payload, args, context)),
  });
}

function remove(kind: PolicyKind, form: TargetForm): Command {
  return write(kind, form, {
    name: nameOf('Delete', form, kind),
    grammar: seq('delete', form.grammar, 'policy', kind.keyword),
    value: () => kind.deleted,
  });
}

function checked(kind: PolicyKind, form: TargetForm, payload: Payload, args: object, context: CommandContext): unknown {
  const read = payload.read(args, context);
  return kind.check === undefined ? read : kind.check(read, context, form.level);
}

interface Write {
  readonly name: string;
  readonly grammar: Command['grammar'] | ReturnType<typeof seq>;
  /** The policy afterwards; undefined removes it. */
  readonly value: (current: unknown, args: object, context: CommandContext) => unknown;
}

function write(kind: PolicyKind, form: TargetForm, { name, grammar, value }: Write): Command {
  return defineCommand<object>({
    name,
    grammar,
    permission: kind.permission ?? form.alter,
    scope: form.entities,
    result: POLICY,
    async run(args, context) {
      const targets = form.targets(args, context);
      await context.catalog.transact((tx) => {
        for (const { scope } of targets) {
          const id = `${scope}/${kind.keyword}`;
          const after = value(tx.policy(scope, kind.keyword), args, context);
          if (after === undefined) tx.delete('policy', id);
          else tx.put({ kind: 'policy', id, scope, policy: kind.keyword, value: after });
        }
      });
      return targets.map((target) => policyRow(kind, target, context.catalog.snapshot()));
    },
  });
}

export const POLICY_COMMANDS: readonly Command[] = POLICY_KINDS.flatMap((kind) => [
  ...showForms(kind).map((form) => show(kind, form)),
  ...alterForms(kind).flatMap((form) => [
    ...(kind.alter === undefined ? [] : [alter(kind, form, kind.alter)]),
    ...(kind.alterMerge === undefined ? [] : [alterMerge(kind, form, kind.alterMerge)]),
    remove(kind, form),
  ]),
]);
