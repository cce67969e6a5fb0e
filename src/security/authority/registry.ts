import { createHash, timingSafeEqual } from 'node:crypto';
import type { TestIdentity, TestPrincipal } from './config.js';

/** Who exists in the development tenant. Changed by the administration endpoints while the authority runs. */
export class Registry {
  readonly #principals = new Map<string, TestPrincipal>();
  readonly #identities = new Map<string, TestIdentity>();

  constructor(principals: readonly TestPrincipal[], identities: readonly TestIdentity[]) {
    for (const one of principals) this.putPrincipal(one);
    for (const one of identities) this.putIdentity(one);
  }

  putPrincipal(principal: TestPrincipal): void {
    this.#principals.set(principal.objectId, principal);
  }

  removePrincipal(objectId: string): boolean {
    return this.#principals.delete(objectId.toLowerCase());
  }

  putIdentity(identity: TestIdentity): void {
    this.#identities.set(identity.objectId, identity);
  }

  detachIdentity(objectId: string): boolean {
    return this.#identities.delete(objectId.toLowerCase());
  }

  principal(objectId: string): TestPrincipal | undefined {
    return this.#principals.get(objectId);
  }

  /** The application with this client id and secret. */
  application(clientId: string | undefined, secret: string | undefined): TestPrincipal | undefined {
    const found = [...this.#principals.values()].find(
      (one) => one.type === 'aadapp' && one.clientId === clientId?.toLowerCase(),
    );
    return found && secret !== undefined && isSameSecret(found.secret, secret) ? found : undefined;
  }

  /** The user with this UPN and password. */
  user(name: string | undefined, password: string | undefined): TestPrincipal | undefined {
    const found = [...this.#principals.values()].find(
      (one) => one.type === 'aaduser' && one.userPrincipalName?.toLowerCase() === name?.toLowerCase(),
    );
    return found && password !== undefined && isSameSecret(found.secret, password) ? found : undefined;
  }

  /** By the ids that the platforms' endpoints take; without any, the system-assigned one. */
  identity(ids: {
    readonly clientId?: string | undefined;
    readonly objectId?: string | undefined;
    readonly resourceId?: string | undefined;
  }): TestIdentity | undefined {
    const all = [...this.#identities.values()];
    if (ids.clientId !== undefined) return all.find((one) => one.clientId === ids.clientId?.toLowerCase());
    if (ids.objectId !== undefined) return all.find((one) => one.objectId === ids.objectId?.toLowerCase());
    if (ids.resourceId !== undefined) {
      return all.find((one) => one.resourceId?.toLowerCase() === ids.resourceId?.toLowerCase());
    }
    return all.find((one) => one.isSystem);
  }
}

/** In a time that tells nothing of where two secrets differ. */
export function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
