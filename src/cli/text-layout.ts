/** Width that printed tables and paragraphs keep to. */
export const PAGE_WIDTH = 100

export type AlignOptions = Readonly<{
  indent?: string
  /** Columns from this one on hold numbers, which stand right. Default: none. */
  numbersFrom?: number
}>

/** Pads cells so that columns line up; no line has blanks at its end. */
export function align(
  rows: readonly (readonly string[])[],
  { indent = '', numbersFrom = Infinity }: AlignOptions = {},
): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  const pad = (cell: string, index: number): string =>
    index < numbersFrom ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)
  return rows.map((row) => `${indent}${row.map(pad).join('  ')}`.trimEnd())
}

/**
 * A table with its titles in the first row. Where its lines are wider than there is room for, each row becomes a block:
 * its name, and below it each title with its value.
 */
export function fitted(
  rows: readonly (readonly string[])[],
  { width, ...options }: AlignOptions & Readonly<{ width: number }>,
): readonly string[] {
  const lines = align(rows, options)
  if (lines.every((line) => line.length <= width)) return lines
  const [titles = [], ...others] = rows
  const indent = `${options.indent ?? ''}  `
  return others.flatMap(([name = '', ...cells]) => [
    `${options.indent ?? ''}${name}`,
    ...definitions(
      cells.map((cell, index) => [titles[index + 1] ?? '', cell] as const).filter(([, cell]) => cell !== ''),
      { indent, width },
    ),
  ])
}

/** With less room than this beside their labels, texts go below them. */
const LEAST_TEXT = 16

type DefinitionOptions = Readonly<{ indent?: string; width?: number }>

/** Rows of a label and a text that may be long: it goes on in further lines under itself. */
export function definitions(
  rows: readonly (readonly [label: string, text: string])[],
  { indent = '', width = PAGE_WIDTH }: DefinitionOptions = {},
): readonly string[] {
  const labelWidth = Math.max(0, ...rows.map(([label]) => label.length))
  const room = Math.min(width, PAGE_WIDTH) - indent.length
  const textWidth = room - labelWidth - 2
  if (textWidth < LEAST_TEXT)
    return rows.flatMap(([label, text]) => [
      ...(label.trim() === '' ? [] : [`${indent}${label.trimEnd()}`]),
      ...wrap(text, room - 2).map((line) => `${indent}  ${line}`.trimEnd()),
    ])
  return align(
    rows.flatMap(([label, text]) =>
      wrap(text, textWidth).map((line, index) => [index === 0 ? label : '', line]),
    ),
    { indent },
  )
}

/** Lines of any length as lines that fit; what goes on stands further in than where it began. */
export function folded(lines: readonly string[], width: number): readonly string[] {
  return lines.flatMap((line) => {
    if (line.length <= width) return [line]
    const indent = /^ */.exec(line)?.[0] ?? ''
    const [first = '', ...others] = wrap(line.trimStart(), width - indent.length - 2)
    return [`${indent}${first}`, ...others.map((other) => `${indent}  ${other}`)]
  })
}

/** Breaks a text into lines at its blanks, and a word that is longer than a line where the line ends. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(8, width)
  const lines: string[] = []
  for (const whole of text.split(' '))
    for (const word of whole.match(new RegExp(`.{1,${room}}`, 'gsu')) ?? ['']) {
      const last = lines.at(-1)
      if (last === undefined || last.length + 1 + word.length > room) lines.push(word)
      else lines[lines.length - 1] = `${last} ${word}`
    }
  return lines
}
