import { ProxyFault, type ProxyFaultKind } from '../../util/proxy-fault.ts'

/**
 * `yes` it may go away · `briefly` it may, but where nothing has answered yet it is more likely a wrong address
 * · `no` it will not.
 */
export type NetworkRetry = 'yes' | 'briefly' | 'no'

type Known = Readonly<{ what: string; retry: NetworkRetry; advice?: string }>

const CHECK_ADDRESS = 'Check the address and the network, and that a sandbox is running if one is meant.'
const CHECK_NAME =
  'Check the network, and whether a DNS blocklist or ad blocker hides klaviyo.com: several do.'
const CHECK_SCHEME = 'If a sandbox is meant, write "http://" instead of "https://" in base_url.'
const CHECK_TRUST = 'If a company proxy signs the traffic, name its certificate in NODE_EXTRA_CA_CERTS.'

/** Every fault of the network that we have an answer to, by the code that Node and undici give it. */
const faults: Readonly<Record<string, Known>> = {
  ECONNREFUSED: { what: 'the connection was refused', retry: 'briefly', advice: CHECK_ADDRESS },
  ENOTFOUND: { what: 'the host name was not found', retry: 'briefly', advice: CHECK_NAME },
  EAI_AGAIN: { what: 'the host name could not be looked up', retry: 'briefly', advice: CHECK_NAME },
  EHOSTUNREACH: { what: 'the host cannot be reached', retry: 'briefly', advice: CHECK_ADDRESS },
  ENETUNREACH: { what: 'the network cannot be reached', retry: 'briefly', advice: CHECK_ADDRESS },
  ENETDOWN: { what: 'the network is down', retry: 'briefly', advice: CHECK_ADDRESS },
  EADDRNOTAVAIL: { what: 'the address cannot be used', retry: 'briefly', advice: CHECK_ADDRESS },
  UND_ERR_CONNECT_TIMEOUT: { what: 'no connection in time', retry: 'briefly', advice: CHECK_ADDRESS },
  ETIMEDOUT: { what: 'the connection went silent', retry: 'yes' },
  ECONNRESET: { what: 'the connection was reset', retry: 'yes' },
  ECONNABORTED: { what: 'the connection was cut', retry: 'yes' },
  EPIPE: { what: 'the connection was closed', retry: 'yes' },
  UND_ERR_SOCKET: { what: 'the connection was closed early', retry: 'yes' },
  UND_ERR_HEADERS_TIMEOUT: { what: 'no answer in time', retry: 'yes' },
  UND_ERR_BODY_TIMEOUT: { what: 'the body stopped coming', retry: 'yes' },
  UND_ERR_HEADERS_OVERFLOW: { what: 'headers beyond all bounds', retry: 'yes' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { what: 'a body of the wrong length', retry: 'yes' },
  Z_BUF_ERROR: { what: 'a compressed body that was cut off', retry: 'yes' },
  Z_DATA_ERROR: { what: 'a compressed body that is damaged', retry: 'yes' },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    what: 'what answers there speaks no TLS',
    retry: 'no',
    advice: CHECK_SCHEME,
  },
  EPROTO: { what: 'what answers there speaks no TLS', retry: 'no', advice: CHECK_SCHEME },
  CERT_HAS_EXPIRED: { what: 'the certificate has expired', retry: 'no', advice: CHECK_TRUST },
  DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'the certificate is self-signed', retry: 'no', advice: CHECK_TRUST },
  SELF_SIGNED_CERT_IN_CHAIN: { what: 'a certificate is self-signed', retry: 'no', advice: CHECK_TRUST },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    what: 'the certificate is not trusted',
    retry: 'no',
    advice: CHECK_TRUST,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    what: 'the certificate is not trusted',
    retry: 'no',
    advice: CHECK_TRUST,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'the certificate is for another host',
    retry: 'no',
    advice: CHECK_TRUST,
  },
}

export type NetworkFaultOptions = Readonly<{
  retry: NetworkRetry
  advice?: string | null
  cause?: unknown
  sent?: boolean
}>

/** No usable answer came. The message says what happened as a phrase: "the connection was reset". */
export class NetworkFault extends Error {
  override readonly name: string = 'NetworkFault'
  readonly retry: NetworkRetry
  readonly advice: string | null
  /** Whether the request may have reached the server. */
  readonly sent: boolean

  constructor(what: string, { retry, advice, cause, sent = true }: NetworkFaultOptions) {
    super(what, { cause })
    this.retry = retry
    this.advice = advice ?? null
    this.sent = sent
  }

  /** What we know about an error. One that is not in the table is not retried: nobody has said it helps. */
  static of(error: unknown): NetworkFault {
    if (error instanceof NetworkFault) return error
    if (error instanceof ProxyFault) {
      const { message, kind, advice } = error
      return new NetworkFault(message, { retry: behindProxy[kind], advice, cause: error })
    }
    const code = codeOf(error)
    const known = faults[code] ?? (isParserError(error) ? NOT_HTTP : undefined)
    if (known !== undefined) {
      return new NetworkFault(code === '' ? known.what : `${known.what} (${code})`, {
        ...known,
        cause: error,
      })
    }
    const words = error instanceof Error ? error.message : String(error)
    return new NetworkFault(`an unexpected failure: ${words.trim().split('\n', 1)[0]}`, {
      retry: 'no',
      cause: error,
    })
  }

  static silence(afterMs: number): NetworkFault {
    return new NetworkFault(`no answer within ${afterMs / 1_000} s`, { retry: 'yes' })
  }

  static slowness(bytes: number, spanMs: number): NetworkFault {
    const seconds = `${spanMs / 1_000} s`
    const what =
      bytes === 0
        ? `nothing more of the body for ${seconds}`
        : `a body that came too slowly (${bytes} bytes in ${seconds})`
    return new NetworkFault(what, { retry: 'yes' })
  }

  /** It will not be smaller the next time. */
  static size(maxBytes: number): NetworkFault {
    return new NetworkFault(`a body of more than ${Math.floor(maxBytes / 1024 / 1024)} MB`, {
      retry: 'no',
      advice: "Klaviyo's pages have a few: check base_url, and what stands between here and Klaviyo.",
    })
  }

  /** The same of a request of which nothing has left this machine. */
  unsent(): NetworkFault {
    const { message, retry, advice, cause } = this
    return new NetworkFault(message, { retry, advice, cause, sent: false })
  }
}

const behindProxy: Readonly<Record<ProxyFaultKind, NetworkRetry>> = {
  credentials: 'no',
  refused: 'no',
  upstream: 'briefly',
  unreachable: 'briefly',
}

// undici gives it a code for some of the parser's complaints and none for others.
const isParserError = (error: unknown): boolean => error instanceof Error && error.name === 'HTTPParserError'

const NOT_HTTP: Known = { what: 'an answer that is not HTTP', retry: 'yes' }

/** The first code on the way down to the cause. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return ''
}
