import { describe, expect, it } from 'vitest';
import { checkProperties } from './properties.js';

describe('properties of an external table', () => {
  it('keeps the documented spelling, whatever case was written, and parts them by use', () => {
    const given = {
      DocString: 'd',
      FOLDER: 'f',
      Compressed: 'TRUE',
      includeheaders: 'all',
      encoding: 'utf8bom',
      dryrun: true,
    };
    expect(checkProperties(given, 'csv')).toEqual({
      folder: 'f',
      docString: 'd',
      properties: { compressed: true, includeHeaders: 'All', encoding: 'UTF8BOM' },
      command: { sampleUris: false, filesPreview: false, validateNotEmpty: false, dryRun: true },
    });
    expect(checkProperties({ compressionType: 'ZSTD' }, 'parquet').properties).toEqual({ compressionType: 'zstd' });
  });

  it.each<[Record<string, string | number | boolean>, RegExp]>([
    [{ colour: 'red' }, /no property/],
    [{ folder: 'a', Folder: 'b' }, /twice/],
    [{ compressed: 'perhaps' }, /true or false/],
    [{ compressed: 1 }, /true or false/],
    [{ folder: 1 }, /text in quotes/],
    [{ includeHeaders: 'some' }, /All, FirstFile, None/],
    [{ compressionType: 'snappy' }, /parquet only/],
    [{ compressionType: 'rar' }, /one of gzip/],
    [{ namePrefix: '../x' }, /part of a file's name/],
    [{ fileExtension: '/x' }, /part of a file's name/],
  ])('refuses %j', (given, message) => {
    expect(() => checkProperties(given, 'csv')).toThrow(message);
  });
});
