import { mkdirSync, rmSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'

/** A folder of a benchmark's own, emptied. */
export function workspace(name) {
  const folder = resolve('bench/.work', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return { folder, file: join(folder, 'shop.duckdb'), state: join(folder, 'state') }
}

export const machine = () => {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`
}

export const seconds = (value) => `${value.toFixed(value < 10 ? 2 : 1)} s`
export const ratio = (value) => `${value.toFixed(2)} ×`
