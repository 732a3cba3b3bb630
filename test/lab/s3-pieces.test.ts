/**
 * Bodies of S3 requests as they may arrive: in chunks, signed or not, cut short, and without the bytes beside the text.
 */

import { describe, expect, it } from 'vitest';
import type { LabRequest } from '../../src/lab/messages.ts';
import { payloadOf } from '../../src/lab/s3/bytes.ts';
import { S3Fault } from '../../src/lab/s3/faults.ts';

const request = (body: string, headers: Record<string, string> = {}): LabRequest => ({
  method: 'PUT',
  path: '/b/k',
  query: {},
  headers,
  body,
});
const CHUNKED = { 'content-encoding': 'aws-chunked' };
const text = (content: Uint8Array) => Buffer.from(content).toString('utf8');
const codeOf = (body: string, headers: Record<string, string>) => {
  try {
    return payloadOf(request(body, headers)).content;
  } catch (error) {
    if (error instanceof S3Fault) return error.code;
    throw error;
  }
};

describe('a body in chunks', () => {
  it('is put together, whatever the chunks are signed with, and its trailers are read', () => {
    const body = '3;chunk-signature=ab\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:hYfYWA==\r\n\r\n';
    const { content, trailers } = payloadOf(request(body, CHUNKED));
    expect(text(content)).toBe('abcde');
    expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'hYfYWA==' });
  });

  it.each([
    ['that ends within a chunk', '5\r\nab'],
    ['without a size', 'abc'],
    ['whose size is no number', 'xyz\r\nab'],
  ])('%s is refused', (_, body) => {
    expect(codeOf(body, CHUNKED)).toBe('IncompleteBody');
  });

  it('of another length than was announced is refused', () => {
    expect(codeOf('2\r\nab\r\n0\r\n\r\n', { 'x-amz-decoded-content-length': '3' })).toBe('IncompleteBody');
  });
});

describe('a body without its bytes', () => {
  it('that was UTF-8 is what it was', () => {
    expect(text(payloadOf(request('ä', { 'content-length': '2' })).content)).toBe('ä');
  });

  it('that was not is refused rather than kept as something else', () => {
    expect(codeOf('\ufffd', { 'content-length': '1' })).toBe('NotImplemented');
  });
});
