import { readFileSync } from 'node:fs'
import { crc32, gunzipSync } from 'node:zlib'

/** A page file as the engine is told of one that has landed. */
export function landedFile(file, receivedAtMs) {
  const raw = readFileSync(file)
  const isGzip = file.endsWith('.gz')
  return {
    file,
    encoding: isGzip ? 'gzip' : 'identity',
    receivedAtMs,
    rows: JSON.parse(isGzip ? gunzipSync(raw) : raw).data.length,
    needsMending: false,
    crc32: crc32(raw),
  }
}
