import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { SluiceError } from '../../model/errors.ts'
import type { DuckDbConfig } from './config.ts'

/** Why a file could not be opened, as a sentence with the next step. */
export function openFailed(config: DuckDbConfig, cause: unknown): SluiceError {
  const message = messageOf(cause)
  if (config.kind === 'memory') return new SluiceError('unopenable-file', firstLine(message), { cause })
  const { path, given } = config
  const inUse = usedBy()
  return inUse === null
    ? new SluiceError('unopenable-file', reason(), { cause })
    : new SluiceError(
        'destination-in-use',
        `"${path}" is in use by ${inUse}, then run the same command again.`,
        { cause },
      )

  function usedBy(): string | null {
    const holder = /Conflicting lock is held in (.*?)\(PID (\d+)\)/s.exec(message)
    if (holder !== null) return `process ${holder[2]} (${holder[1]?.trim()}). Close it there`
    const isUsed = message.includes('Could not set lock') || message.includes('already attached')
    return isUsed ? 'another connection. Close it' : null
  }

  function reason(): string {
    const directory = dirname(path)
    if (!existsSync(directory)) {
      return `The directory "${directory}" of "${path}" does not exist. Make it first.${absoluteHint()}`
    }
    if (!statSync(directory).isDirectory()) {
      return `"${directory}" is a file, so "${path}" cannot be in it. Choose another folder.`
    }
    if (message.includes('not a valid DuckDB database file')) {
      return `"${path}" exists, but is not a DuckDB database. Choose another file.`
    }
    if (message.includes('Is a directory')) return `"${path}" is a directory. Name a file in it.`
    if (/permission denied|read-only/i.test(message)) {
      return `"${path}" cannot be written: permission denied. Choose another file, or change its permissions.`
    }
    return `"${path}" could not be opened as a DuckDB database: ${firstLine(message)}`
  }

  function absoluteHint(): string {
    const absolute = `/${given}`
    return !given.startsWith('/') && existsSync(dirname(absolute)) && dirname(absolute) !== '/'
      ? ` If "${absolute}" is meant, write "duckdb:///${absolute}" with four slashes.`
      : ''
  }
}

/** Why a statement or a commit failed. What the engine already says to people is passed on. */
export function loadFailed(label: string, cause: unknown): Error {
  if (cause instanceof SluiceError) return cause
  const message = messageOf(cause)
  if (/no space left on device|not enough space|out of disk/i.test(message)) {
    return new SluiceError(
      'disk-full',
      `The disk of "${label}" is full. This batch was not loaded and what was there is as it was: free some space and run the same command again.`,
      { cause },
    )
  }
  return new SluiceError(
    'refused-rows',
    `"${label}" refused the data: ${firstLine(message)} Nothing of this batch was loaded, and what was there is as it was.`,
    { cause },
  )
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const firstLine = (message: string): string => {
  const line = message.split('\n')[0]?.trim() ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
