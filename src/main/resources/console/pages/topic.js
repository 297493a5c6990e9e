import { unbuilt } from '../components/unbuilt.js';

export default unbuilt('topic');
