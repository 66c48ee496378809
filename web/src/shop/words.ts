// The words of this document in every language.
import { speak } from '../core/language'
import * as en from '../texts/en'
import * as ko from '../texts/ko'

speak({ en: { ...en.common, ...en.shop }, ko: { ...ko.common, ...ko.shop } })
