import { KustoError } from '../errors/index.js';
import { identityList, type IdentityConfig } from './config.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks at start that `@azure/identity` will really ask the source that the configuration names: it chooses by the
 * environment of the process, silently, and some choices ignore which identity is asked for.
 * Throws Configuration_Invalid.
 */
export function checkIdentitySource(identities: IdentityConfig, environment: Environment = process.env): void {
  const usesSource = identityList(identities).some((one) => !one.workload);
  if (!usesSource) return;
  const has = (name: string) => Boolean(environment[name]);
  const fault = (why: string) =>
    new KustoError('Configuration_Invalid', `identities.source is ${identities.source}, but ${why}.`);

  // The SDK would take this path before every other one, and ignore the object id that is asked for.
  if (has('AZURE_TENANT_ID') && has('AZURE_FEDERATED_TOKEN_FILE')) {
    throw fault(
      'AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE in the environment make every token one of workload identity; ' +
        'unset them, and give the identities their workload options here',
    );
  }
  const endpoint = has('IDENTITY_ENDPOINT');
  const appService = endpoint && has('IDENTITY_HEADER');
  switch (identities.source) {
    case 'app-service':
      if (!appService) throw fault('IDENTITY_ENDPOINT and IDENTITY_HEADER are not both in the environment');
      if (has('IDENTITY_SERVER_THUMBPRINT'))
        throw fault('IDENTITY_SERVER_THUMBPRINT is set, which means Service Fabric');
      return;
    case 'arc':
      if (appService) throw fault('IDENTITY_HEADER is set, which means App Service');
      if (!endpoint || !has('IMDS_ENDPOINT')) {
        throw fault('IDENTITY_ENDPOINT and IMDS_ENDPOINT are not both in the environment');
      }
      return;
    case 'imds':
      if (endpoint || has('MSI_ENDPOINT')) {
        throw fault('IDENTITY_ENDPOINT or MSI_ENDPOINT is in the environment, and would be asked in its place');
      }
      return;
    case 'workload':
      throw fault('an identity has no workload options');
  }
}
