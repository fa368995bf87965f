type PropertyType = 'boolean' | 'float' | 'int' | 'string' | 'timestamp'

/** One property of a custom object. `required` ones are never null. */
export type Property = Readonly<{
  name: string
  type: PropertyType
  required: boolean
  description: string | null
}>

/** A kind of custom object, as someone would design it. */
export type ObjectDesign = Readonly<{
  title: string
  description: string
  /** An app's own objects live in the app's namespace. */
  ofApp: boolean
  /** Not published yet: only a draft. */
  draftOnly: boolean
  versions: number
  records: number
  logs: number
  properties: readonly Property[]
}>

const property = (name: string, type: PropertyType, description: string | null = null): Property => ({
  name,
  type,
  required: false,
  description,
})
const key = (name: string): Property => ({ name, type: 'string', required: true, description: 'Schlüssel' })

/** The first has more records and log entries than the largest page holds. */
export const objectDesigns: readonly ObjectDesign[] = [
  {
    title: 'Subscription box',
    description: 'What a customer gets every month',
    ofApp: false,
    draftOnly: false,
    versions: 3,
    records: 230,
    logs: 70,
    properties: [
      key('box_id'),
      property('name', 'string', 'As printed on the label'),
      property('barcode', 'int', 'Longer than a double can hold'),
      property('weight_kg', 'float'),
      property('is gift 🎁', 'boolean'),
      property('next_delivery', 'timestamp'),
    ],
  },
  {
    title: 'Réservation',
    description: 'Visite de l’atelier « sur rendez-vous »',
    ofApp: false,
    draftOnly: false,
    versions: 2,
    records: 60,
    logs: 12,
    properties: [key('reference'), property('personnes', 'int'), property('date', 'timestamp')],
  },
  {
    title: 'ポイント',
    description: '',
    ofApp: true,
    draftOnly: false,
    versions: 1,
    records: 24,
    logs: 3,
    properties: [key('card'), property('残高', 'float'), property('active', 'boolean')],
  },
  {
    title: 'Pet (draft)',
    description: 'Not published',
    ofApp: false,
    draftOnly: true,
    versions: 1,
    records: 0,
    logs: 0,
    properties: [key('pet_id'), property('name', 'string')],
  },
]
