/** One condition of Klaviyo's filter grammar. A string value is quoted when rendered; a date is not. */
export type Filter = Readonly<{
  operator: 'equals' | 'any' | 'greater-than' | 'greater-or-equal' | 'less-than'
  field: string
  value: FilterValue
}>

export type FilterValue =
  | Readonly<{ kind: 'text'; text: string }>
  | Readonly<{ kind: 'texts'; texts: readonly string[] }>
  | Readonly<{ kind: 'boolean'; boolean: boolean }>
  | Readonly<{ kind: 'instant'; at: number }>
