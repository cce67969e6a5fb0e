import type { TargetStores } from '../../../src/export/index.js';

type Hook = (name: string) => void | Promise<void>;

/** Stores that ask before and after each upload: it fails with what the hook throws, and waits for it. */
export function faultyStores(stores: TargetStores, beforePut: Hook, afterPut: Hook = () => undefined): TargetStores {
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
          await beforePut(name);
          const put = await store.putFile(name, path, options);
          await afterPut(name);
          return put;
        },
      };
    },
  };
}
