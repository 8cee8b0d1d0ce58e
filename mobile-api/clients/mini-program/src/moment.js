// Times as people say them.

export * from '../../h5/moment.js';
