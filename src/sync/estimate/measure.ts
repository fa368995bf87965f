import type { Table } from '../../model/table.ts'

/** Rows: all of them seen, a good guess, or those seen with no idea of the rest. */
export type RowCount = Readonly<{
  count: number
  certainty: 'exact' | 'about' | 'at least'
  /** How far off `count` may well be, in rows; 0 when exact, null when nothing is known about it. */
  margin: number | null
}>

/** What looking at a table has shown. */
export type Measure = Readonly<{
  rows: RowCount
  /** Pages of the table itself. */
  pages: number
  /** Pages of the parent, whose ids are asked for first. */
  parent: Readonly<{ table: Table; pages: number }> | null
  /** The most pages that must be read one after another; null: any stretch can be split. */
  longestStream: number | null
  /** Streams that can be read side by side; null: as many as the limits feed. */
  streams: number | null
  latencyMs: number | null
  looks: number
}>

export const exactly = (count: number): RowCount => ({ count, certainty: 'exact', margin: 0 })
