/** Tenant of the local authority and of `--development`. No Entra tenant: those are random GUIDs of version 4. */
export const DEVELOPMENT_TENANT = 'ca1ca1c0-0000-0000-0000-00000000de7e';
