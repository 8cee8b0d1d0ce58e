// Words in both languages: Chinese, and English smaller below.

Component({
  properties: { w: Object },
});
