import { cpus, freemem, hostname, totalmem } from 'node:os';
import { ticksOfDate } from '../../values/index.js';
import { defineCommand, opt, properties, row, schema, seq, word } from '../framework/index.js';

const VERSION = schema('BuildVersion: string, BuildTime: datetime, ServiceType: string, ProductVersion: string');

export const showVersion = defineCommand({
  name: 'ShowVersion',
  grammar: seq('show version'),
  permission: 'Anyone',
  result: VERSION,
  run: (_, { about }) => [
    row(VERSION, {
      BuildVersion: about.version,
      BuildTime: about.buildTime === undefined ? null : ticksOfDate(about.buildTime),
      ServiceType: 'Engine',
      ProductVersion: `Calypso ${about.version}`,
    }),
  ],
});

const CLUSTER = schema(
  'NodeId: string, Address: string, Name: string, StartTime: datetime, IsAdmin: bool, MachineTotalMemory: long, MachineAvailableMemory: long, ProcessorCount: int, EnvironmentDescription: string',
);

/** One node: this process. */
export const showCluster = defineCommand({
  name: 'ShowCluster',
  grammar: seq('show cluster'),
  permission: 'AllDatabasesMonitor',
  result: CLUSTER,
  run: (_, { about }) => [
    row(CLUSTER, {
      NodeId: hostname(),
      Address: about.address,
      Name: hostname(),
      StartTime: ticksOfDate(about.startedOn),
      IsAdmin: true,
      MachineTotalMemory: BigInt(totalmem()),
      MachineAvailableMemory: BigInt(freemem()),
      ProcessorCount: cpus().length,
      EnvironmentDescription: JSON.stringify({ Product: `Calypso ${about.version}`, Platform: process.platform }),
    }),
  ],
});

/** Exports are the resource that Calypso counts. */
export const showCapacity = defineCommand({
  name: 'ShowCapacity',
  grammar: seq('show capacity', opt(word('resource', 'data-export')), properties({ scope: 'word' })),
  permission: 'DatabaseUser',
  result: schema('Resource: string, Total: long, Consumed: long, Remaining: long, Origin: string'),
  run(_, { exportCapacity: { total, consumed } }) {
    const remaining = Math.max(0, total - consumed);
    return [['data-export', BigInt(total), BigInt(consumed), BigInt(remaining), 'CapacityPolicy/Export']];
  },
});
