// Today, as the H5 page shows it too.

export * from '../../h5/today.js';
