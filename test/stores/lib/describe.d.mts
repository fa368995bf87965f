import type { TextRow } from '../../scenarios/truth.ts'
import type { Expected } from '../expected.ts'

export declare function describeStore(
  ask: (sql: string) => Promise<TextRow[]>,
): Promise<Omit<Expected, 'endsAtMs' | 'landed'>>
