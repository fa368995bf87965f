/** Where customers live; names go with the place. */
export type Place = Readonly<{
  country: string
  countryCode: string
  region: string
  city: string
  zip: string
  latitude: number
  longitude: number
  timezone: string
  locale: string
  dialling: string
  first: readonly string[]
  last: readonly string[]
}>

const english = {
  first: ['Olivia', 'Noah', 'Amelia', 'Liam', 'Zoë', 'Ethan', 'Renée', 'Mason', 'Harper', 'D’Arcy'],
  last: ['Walker', "O'Brien", 'Nguyễn', 'Smith-Jones', 'Young', 'Álvarez', 'Hill', 'van der Berg'],
}
const german = {
  first: ['Jürgen', 'Käthe', 'Lukas', 'Anna-Lena', 'Björn', 'Mia', 'Jörg', 'Sophie'],
  last: ['Müller', 'Schröder', 'Groß', 'von Weizenbeck', 'Köhler', 'Weiß', 'Bauer'],
}
const french = {
  first: ['Chloé', 'Léa', 'François', 'Anaïs', 'Jean-Noël', 'Maëlle', 'Hugo'],
  last: ['Lefèvre', "d'Ormesson", 'Garçon', 'Bélanger', 'Œuvrard', 'Dupont'],
}
const japanese = {
  first: ['さくら', '健太', '美咲', '翔', 'ゆい', '大輔'],
  last: ['佐藤', '鈴木', '髙橋', '渡邉', '山﨑'],
}
const arabic = {
  first: ['ليلى', 'محمد', 'نور', 'يوسف', 'فاطمة'],
  last: ['الحسن', 'منصور', 'عبد الله', 'حداد'],
}
const hebrew = { first: ['נועה', 'יוסף', 'תמר', 'אורי'], last: ['כהן', 'לוי', 'מזרחי'] }
const polish = {
  first: ['Łukasz', 'Zofia', 'Żaneta', 'Michał', 'Grażyna'],
  last: ['Wiśniewska', 'Kowalczyk', 'Błaszczykowski', 'Źrebiec'],
}
const korean = { first: ['민준', '서연', '지우', '하은'], last: ['김', '이', '박', '최'] }
const hindi = { first: ['आरव', 'Priya', 'दिया', 'Arjun'], last: ['शर्मा', 'Patel', 'Reddy'] }
const turkish = { first: ['Işıl', 'İbrahim', 'Çağla', 'Oğuz'], last: ['Yıldız', 'Şahin', 'Öztürk'] }

type Names = Readonly<{ first: readonly string[]; last: readonly string[] }>

const place = (names: Names, facts: Omit<Place, 'first' | 'last'>): Place => ({ ...facts, ...names })

export const places: readonly Place[] = [
  place(english, {
    country: 'United States',
    countryCode: 'US',
    region: 'New York',
    city: 'New York',
    zip: '10012',
    latitude: 40.7128,
    longitude: -74.006,
    timezone: 'America/New_York',
    locale: 'en-US',
    dialling: '+1212',
  }),
  place(english, {
    country: 'United States',
    countryCode: 'US',
    region: 'Maine',
    city: 'Bangor',
    zip: '04401',
    latitude: 44.8016,
    longitude: -68.7712,
    timezone: 'America/New_York',
    locale: 'en-US',
    dialling: '+1207',
  }),
  place(english, {
    country: 'United Kingdom',
    countryCode: 'GB',
    region: 'England',
    city: 'Leeds',
    zip: 'LS1 4DY',
    latitude: 53.8008,
    longitude: -1.5491,
    timezone: 'Europe/London',
    locale: 'en-GB',
    dialling: '+447',
  }),
  place(german, {
    country: 'Germany',
    countryCode: 'DE',
    region: 'Nordrhein-Westfalen',
    city: 'Köln',
    zip: '50667',
    latitude: 50.9375,
    longitude: 6.9603,
    timezone: 'Europe/Berlin',
    locale: 'de-DE',
    dialling: '+491',
  }),
  place(french, {
    country: 'France',
    countryCode: 'FR',
    region: 'Île-de-France',
    city: 'Saint-Étienne-du-Bois',
    zip: '01370',
    latitude: 46.2897,
    longitude: 5.2953,
    timezone: 'Europe/Paris',
    locale: 'fr-FR',
    dialling: '+336',
  }),
  place(japanese, {
    country: 'Japan',
    countryCode: 'JP',
    region: '東京都',
    city: '渋谷区',
    zip: '150-0002',
    latitude: 35.6595,
    longitude: 139.7005,
    timezone: 'Asia/Tokyo',
    locale: 'ja-JP',
    dialling: '+8190',
  }),
  place(arabic, {
    country: 'United Arab Emirates',
    countryCode: 'AE',
    region: 'دبي',
    city: 'دبي',
    zip: '',
    latitude: 25.2048,
    longitude: 55.2708,
    timezone: 'Asia/Dubai',
    locale: 'ar-AE',
    dialling: '+9715',
  }),
  place(hebrew, {
    country: 'Israel',
    countryCode: 'IL',
    region: 'תל אביב',
    city: 'תל אביב-יפו',
    zip: '6100000',
    latitude: 32.0853,
    longitude: 34.7818,
    timezone: 'Asia/Jerusalem',
    locale: 'he-IL',
    dialling: '+9725',
  }),
  place(polish, {
    country: 'Poland',
    countryCode: 'PL',
    region: 'Łódzkie',
    city: 'Łódź',
    zip: '90-001',
    latitude: 51.7592,
    longitude: 19.456,
    timezone: 'Europe/Warsaw',
    locale: 'pl-PL',
    dialling: '+485',
  }),
  place(korean, {
    country: 'South Korea',
    countryCode: 'KR',
    region: '서울',
    city: '서울',
    zip: '04524',
    latitude: 37.5665,
    longitude: 126.978,
    timezone: 'Asia/Seoul',
    locale: 'ko-KR',
    dialling: '+8210',
  }),
  place(hindi, {
    country: 'India',
    countryCode: 'IN',
    region: 'महाराष्ट्र',
    city: 'मुंबई',
    zip: '400001',
    latitude: 19.076,
    longitude: 72.8777,
    timezone: 'Asia/Kolkata',
    locale: 'hi-IN',
    dialling: '+919',
  }),
  place(turkish, {
    country: 'Türkiye',
    countryCode: 'TR',
    region: 'İstanbul',
    city: 'İstanbul',
    zip: '34000',
    latitude: 41.0082,
    longitude: 28.9784,
    timezone: 'Europe/Istanbul',
    locale: 'tr-TR',
    dialling: '+905',
  }),
]

/** Texts that have broken importers: quoting, line ends, direction marks, joined and invisible characters. */
export const awkward: readonly string[] = [
  'She said "yes" \\ then "no"',
  'two\nlines\r\nand a\ttab',
  '👩‍👩‍👧‍👦 family pack 🏳️‍🌈',
  'zero\u200bwidth\u200djoined\ufeffmark',
  '\u202eright to left\u202c שלום عالم',
  'e\u0301 is not é',
  "Robert'); drop table orders;--",
  'NULL',
  '',
  ' padded ',
  '=cmd()|"A1"',
  '{"json":"in a string","n":[1,2]}',
  'a,b;c|d\t"e"',
  '𝒲𝒾𝓃𝓉ℯ𝓇 𝕊𝕒𝕝𝕖',
  '\u0001control\u001f and \u2028separators\u2029',
  '漢字かな交じり文、ﾊﾝｶｸ',
]
