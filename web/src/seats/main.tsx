// The document inside: choosing seats, and paying for them.
import '../style.css'
import '../lists.css'
import './hall.css'
import './seats.css'
import './words'
import { withPerson } from '../core/guard'
import { parts } from '../core/path'
import { show } from '../core/show'
import { look } from '../core/turn'
import { Choose, loadHall, startChoosing } from './choose'
import { Pay, startPaying } from './pay'

const [first, id = ''] = parts()

// One's place in line too is asked for before it is known who looks.
if (first !== 'pay') {
    loadHall(id)
    look()
}
withPerson(() => (first === 'pay' ? startPaying(id) : startChoosing(id)))
show(() => (first === 'pay' ? <Pay id={id} /> : <Choose id={id} />))
