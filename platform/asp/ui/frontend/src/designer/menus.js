// The menus of the drawing without what is not run here: scripts, transactions, complex gateways and the like.
const REFUSED = /script|complex|ad-hoc|adhoc|transaction|event-subprocess|event-sub-process|compensation|cancel|signal|conditional|multiple|standard-loop|loop$|data-store|(message|timer)-start|start-(message|timer)/;

class WithoutRefused {
  constructor(popupMenu) {
    for (const menu of ["bpmn-replace", "bpmn-append", "bpmn-create"]) popupMenu.registerProvider(menu, 100, this);
  }

  getPopupMenuEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => !REFUSED.test(key)));
  }

  getPopupMenuHeaderEntries() {
    return (entries) => (Array.isArray(entries) ? entries : Object.fromEntries(Object.entries(entries).filter(([key]) => !/loop|adhoc|ad-hoc/.test(key))));
  }
}
WithoutRefused.$inject = ["popupMenu"];

export default { __init__: ["withoutRefused"], withoutRefused: ["type", WithoutRefused] };
