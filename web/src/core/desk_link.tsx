// The way to the desk, for the people of the house.
import { may } from './house'
import { t } from './language'

export const deskLink = () => (may('stats') ? <a href="/desk">{t('desk')}</a> : null)
