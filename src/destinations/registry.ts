import type { Engine } from '../engine/engine.ts'
import { SluiceError } from '../model/errors.ts'
import type { Open } from './open.ts'
import type { Place } from './target.ts'
import { nearest } from '../util/nearest.ts'

/** One line per destination; its driver is loaded when it is opened. */
export const registry = {
  duckdb: () => import('./duckdb/index.ts'),
  mysql: () => import('./mysql/index.ts'),
  postgresql: () => import('./postgres/index.ts'),
  parquet: () => import('./parquet/index.ts'),
  csv: () => import('./csv/index.ts'),
} as const satisfies Record<string, () => Promise<{ open: Open }>>

export type Scheme = keyof typeof registry

const aliases: Readonly<Record<string, Scheme>> = { mariadb: 'mysql', postgres: 'postgresql' }

/** Schemes that users may write. */
export const schemes: readonly string[] = [...Object.keys(registry), ...Object.keys(aliases)]

/**
 * Opens the destination that a URI names, and connects.
 * @throws SluiceError: usage for a URI that cannot be read, credentials for a rejected login, destination for
 * everything that is wrong at the other end.
 */
export async function openPlace(uri: string, engine: Engine): Promise<Place> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    throw new SluiceError(
      'invalid-destination-uri',
      `The destination is not a URI. Write for example "duckdb:///shop.duckdb".`,
    )
  }
  // `postgresql+psycopg2`: what other tools need to know of their driver.
  const [family = scheme] = scheme.split('+')
  const name = isScheme(family) ? family : aliases[family]
  if (name === undefined) {
    const guess = nearest(scheme, schemes)
    throw new SluiceError(
      'invalid-destination-uri',
      `There is no destination "${scheme}".${guess === null ? '' : ` Did you mean "${guess}"?`} These are known: ${schemes.map((known) => `"${known}"`).join(', ')}.`,
    )
  }
  const { open } = await registry[name]()
  return open(uri, engine)
}

const isScheme = (scheme: string): scheme is Scheme => Object.hasOwn(registry, scheme)
