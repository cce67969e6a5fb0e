import type { TargetStores } from '../../../src/export/index.js';

/** Stores that ask before each upload: it fails with what `beforePut` throws, and waits for it. */
export function faultyStores(stores: TargetStores, beforePut: () => void | Promise<void>): TargetStores {
  return {
    check: (connection, writer) => stores.check(connection, writer),
    openSql: (connection, dialect, writer) => stores.openSql(connection, dialect, writer),
    open: async (connection, writer) => {
      const store = await stores.open(connection, writer);
      return {
        urlOf: (name) => store.urlOf(name),
        head: (name, signal) => store.head(name, signal),
        list: (prefix, signal) => store.list(prefix, signal),
        getFile: (name, path, signal) => store.getFile(name, path, signal),
        delete: (name, signal) => store.delete(name, signal),
        putFile: async (name, path, options) => {
          await beforePut();
          return store.putFile(name, path, options);
        },
      };
    },
  };
}
