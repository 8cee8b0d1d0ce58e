// For browsers that know no modules: the syntax of 1999 on purpose.
(function () {
  var view = document.getElementById('view');
  view.innerHTML = '<h1>这个浏览器太旧了<small lang="en">This browser is too old</small></h1>'
    + '<p class="lead">请更新手机的浏览器或微信，再打开本页；也可以联系司法所，换一种方式签到。'
    + '<small lang="en">Please update the browser or WeChat and open this page again, or ask the justice office for another way.</small></p>';
})();
